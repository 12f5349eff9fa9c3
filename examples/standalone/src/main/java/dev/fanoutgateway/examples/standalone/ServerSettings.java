package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.Gateway;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code server}.
 *
 * @param host where to listen: a name or address, IPv6 without brackets
 * @param port 0 for any that is free
 * @param drain how long requests in flight are waited for at the end
 * @param drainLosers how long an attempt may go on whose answer is not needed, so that its connection can be kept
 * @param maxRequestBytes the most that a request's content may have
 * @param maxInFlight how many requests may wait for backends at once
 * @param trustedProxies addresses and blocks of proxies that are believed
 * @param clients what clients may hold, and for how long
 * @param http2 whether clients may speak HTTP/2 as well as HTTP/1.1
 * @param tls null for none
 */
record ServerSettings(
        String host,
        int port,
        Duration drain,
        Duration drainLosers,
        long maxRequestBytes,
        int maxInFlight,
        List<String> trustedProxies,
        ClientLimits clients,
        boolean http2,
        @Nullable ServerTlsSettings tls) {
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?:\\[([0-9a-fA-F:.]*:[0-9a-fA-F:.]*)]|([A-Za-z0-9._-]+)):(\\d{1,5})");
    private static final Value<Listen> LISTEN =
            Value.text("HOST:PORT such as 127.0.0.1:8080 or [::1]:8080", ServerSettings::listen);
    private static final Duration LONGEST_DRAIN = Duration.ofHours(1);

    /** @param directory to which names of files are relative */
    static ServerSettings read(Section root, Path directory) {
        Section in = root.sectionOrEmpty("server");
        Listen listen = in.value("listen", LISTEN).orElse(new Listen("127.0.0.1", 8080));
        in.set("drain", Value.DURATION, ServerSettings::checkDrain);
        in.set("drain-losers", Value.DURATION, Gateway.builder()::drainTime);
        in.set("max-request-body", Value.SIZE, Gateway.builder()::maxRequestBytes);
        in.set("max-in-flight", Value.COUNT, Gateway.builder()::maxInFlight);
        List<String> trusted = RelaySettings.trusted(in);
        ClientLimits clients = ClientLimits.read(in);
        Optional<ServerTlsSettings> tls =
                in.section("tls").flatMap(section -> ServerTlsSettings.read(section, directory));
        boolean http2 = in.value("http2", Value.FLAG).orElse(tls.isPresent());
        in.end();
        return new ServerSettings(
                listen.host,
                listen.port,
                in.value("drain", Value.DURATION).orElse(Duration.ofSeconds(10)),
                in.value("drain-losers", Value.DURATION).orElse(Duration.ofMillis(50)),
                in.value("max-request-body", Value.SIZE).orElse(1L << 20),
                in.value("max-in-flight", Value.COUNT).orElse(10_000),
                trusted,
                clients,
                http2,
                tls.orElse(null));
    }

    /** What a URL begins with. */
    String scheme() {
        return tls == null ? "http" : "https";
    }

    /** The host as it stands in a URL. */
    String hostInUrl() {
        return host.indexOf(':') >= 0 ? '[' + host + ']' : host;
    }

    private static void checkDrain(Duration drain) {
        if (drain.compareTo(LONGEST_DRAIN) > 0) {
            throw new IllegalArgumentException("expected a drain time of 0s to 1h, got " + drain);
        }
    }

    private static Optional<Listen> listen(String text) {
        Matcher matcher = HOST_AND_PORT.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > 65_535) {
            return Optional.empty();
        }
        String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        return Optional.of(new Listen(host, Integer.parseInt(matcher.group(3))));
    }

    private record Listen(String host, int port) {}
}
