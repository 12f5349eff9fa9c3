package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.discovery.DnsBackends;
import dev.fanoutgateway.discovery.DnsBackends.Family;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The section {@code dns} of a group: {@code url} or {@code service}, and how they are asked for. */
final class DnsSettings {
    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern NAME_SERVER = Pattern.compile(
            "(?:(" + OCTET + "(?:\\." + OCTET + "){3})|\\[([0-9a-fA-F:]+(?:\\.\\d+)*)])(?::([1-9]\\d{0,4}))?");
    private static final String DNS_PORT = "53";

    private static final Value<DnsBackends> URL = Value.secretText(
            "a URL with a host's name such as http://api.internal:8080, without user, query and fragment",
            url -> made(() -> DnsBackends.addresses(url)));
    private static final Value<InetSocketAddress> SERVER =
            Value.text("the address of a name server such as 10.0.0.2 or 10.0.0.2:5353", DnsSettings::server);
    private static final Value<Family> FAMILY = Value.choice(Map.of(
            "ipv4", Family.IPV4, "ipv6", Family.IPV6, "ipv4-else-ipv6", Family.IPV4_ELSE_IPV6, "both", Family.BOTH));
    private static final Value<String> SCHEME = Value.choice(Map.of("http", "http", "https", "https"));

    /** What is read so far; of a name that does not matter where there is none. */
    private DnsBackends dns = DnsBackends.services("http", "any");

    private DnsSettings() {}

    /** The source; empty if something essential is wrong. */
    static Optional<BackendSource> read(Section in) {
        DnsSettings settings = new DnsSettings();
        boolean named = settings.name(in);
        List<InetSocketAddress> servers = in.list("servers", SERVER);
        if (!servers.isEmpty()) {
            settings.dns = settings.dns.servers(servers.toArray(InetSocketAddress[]::new));
        }
        in.set("family", FAMILY, family -> settings.dns = settings.dns.family(family));
        in.set("timeout", Value.DURATION, timeout -> settings.dns = settings.dns.timeout(timeout));
        settings.interval(in);
        in.end();
        return named ? Optional.of(settings.dns) : Optional.empty();
    }

    private boolean name(Section in) {
        Optional<DnsBackends> url = in.value("url", URL);
        String scheme = in.value("scheme", SCHEME).orElse("http");
        Value<DnsBackends> kind =
                Value.text("a name such as _api._tcp.internal", name -> made(() -> DnsBackends.services(scheme, name)));
        Optional<DnsBackends> service = in.value("service", kind);
        if (in.has("url") == in.has("service")) {
            in.problems().add(in.line(), in.path(), "either url or service", in.has("url") ? "both" : "neither");
        }
        url.or(() -> service).ifPresent(made -> dns = made);
        return url.isPresent() != service.isPresent();
    }

    private void interval(Section in) {
        Optional<Duration> least = in.value("at-least", Value.DURATION);
        Optional<Duration> most = in.value("at-most", Value.DURATION);
        if (least.isPresent() || most.isPresent()) {
            Duration soonest = least.orElse(Duration.ofSeconds(5));
            Duration latest = most.orElse(Duration.ofMinutes(1));
            in.check(most.isPresent() ? "at-most" : "at-least", () -> dns = dns.between(soonest, latest));
        }
    }

    private static Optional<DnsBackends> made(Supplier<DnsBackends> making) {
        try {
            return Optional.of(making.get());
        } catch (Backend.PortOutOfRange e) {
            throw e; // which says it better
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** By its address only: a name server that has to be looked up first is of no use. */
    private static Optional<InetSocketAddress> server(String text) {
        Matcher matcher = NAME_SERVER.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String address = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        int port = Integer.parseInt(matcher.group(3) == null ? DNS_PORT : matcher.group(3));
        try {
            return port > 65_535
                    ? Optional.empty()
                    : Optional.of(new InetSocketAddress(InetAddress.getByName(address), port));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
