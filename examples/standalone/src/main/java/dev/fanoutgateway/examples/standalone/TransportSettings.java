package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.okhttp.OkHttpBackendClient;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.tls.ReloadingTls;
import dev.fanoutgateway.tls.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the backends of a group are reached.
 *
 * @param connectTimeout how long a connection to one of them may take to come about
 * @param streamIdleTimeout how long one of them may be silent in the middle of an answer
 * @param http2 whether they are known to have HTTP/2 without TLS
 * @param tls null for what Java trusts, and no certificate
 */
record TransportSettings(
        Duration connectTimeout,
        Duration streamIdleTimeout,
        boolean http2,
        @Nullable TlsFiles tls) {
    private static final Value<Boolean> HTTP2 = Value.choice(Map.of("prior-knowledge", true, "auto", false));
    private static final Duration LONGEST_CONNECT_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration LONGEST_STREAM_IDLE_TIMEOUT = Duration.ofHours(1);

    /** @param where which backends they are */
    static TransportSettings read(Section in, SourceSettings where, Path directory) {
        in.set("connect-timeout", Value.DURATION, TransportSettings::checkConnectTimeout);
        in.set("stream-idle-timeout", Value.DURATION, TransportSettings::checkStreamIdleTimeout);
        boolean http2 = in.value("http2", HTTP2).orElse(false);
        if (http2 && hasScheme(where, "https")) {
            in.problems().add(in.lineOf("http2"), in.pathOf("http2"), "auto for https URLs", "prior-knowledge");
        }
        Optional<TlsFiles> tls = in.section("tls").map(section -> tls(section, directory));
        if (tls.isPresent() && !where.backends().isEmpty() && !hasScheme(where, "https")) {
            in.problems().add(in.lineOf("tls"), in.pathOf("tls"), "an https URL in urls for it", "none");
        }
        return new TransportSettings(
                in.value("connect-timeout", Value.DURATION).orElse(Duration.ofSeconds(2)),
                in.value("stream-idle-timeout", Value.DURATION).orElse(Duration.ofMinutes(5)),
                http2,
                tls.orElse(null));
    }

    /**
     * A client for such backends.
     *
     * @param opened by {@link #tls}; null for none
     * @param maxConcurrent how many calls each of them may have
     */
    OkHttpBackendClient client(@Nullable ReloadingTls opened, int maxConcurrent) {
        OkHttpBackendClient.Builder client = OkHttpBackendClient.builder()
                .connectTimeout(connectTimeout)
                .streamIdleTimeout(streamIdleTimeout)
                .maxIdleConnections(maxConcurrent);
        if (opened != null) {
            client.tls(opened.socketFactory(), opened.trustManager());
        }
        if (http2) {
            client.http2PriorKnowledge();
        }
        return client.build();
    }

    private static TlsFiles tls(Section in, Path directory) {
        TlsFiles files = TlsFileSettings.read(in, "trust", directory);
        if (!in.has("trust") && !in.has("certificate") && !in.has("key")) {
            in.missing("trust", "trust, or certificate and key");
        }
        in.end();
        return files;
    }

    private static boolean hasScheme(SourceSettings where, String scheme) {
        List<Backend> backends = where.backends();
        return backends.stream()
                .anyMatch(backend -> scheme.equalsIgnoreCase(backend.base().getScheme()));
    }

    private static void checkConnectTimeout(Duration timeout) {
        if (timeout.isZero() || timeout.compareTo(LONGEST_CONNECT_TIMEOUT) > 0) {
            throw new IllegalArgumentException("expected a connect timeout of 1ms to 5m, got " + timeout);
        }
    }

    private static void checkStreamIdleTimeout(Duration timeout) {
        if (timeout.isZero() || timeout.compareTo(LONGEST_STREAM_IDLE_TIMEOUT) > 0) {
            throw new IllegalArgumentException("expected a stream's idle timeout of 1ms to 1h, got " + timeout);
        }
    }
}
