package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.signing.RequestSigning;
import dev.fanoutgateway.spi.BackendSelector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A group of the section {@code backends}.
 *
 * @param transport how its backends are reached
 */
record BackendSettings(BackendGroup group, TransportSettings transport) {
    /** Fields of the connection and the framing (RFC 9110 section 7.6.1): the client would not send them. */
    private static final Set<String> NOT_SENT = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    static List<BackendSettings> readAll(Section root, Path directory) {
        Section in = root.sectionOrEmpty("backends");
        List<BackendSettings> groups = new ArrayList<>();
        in.named().forEach((name, group) -> read(name, group, directory).ifPresent(groups::add));
        if (in.names().isEmpty()) {
            root.missing("backends", "at least one group of backends");
        }
        return List.copyOf(groups);
    }

    private static Optional<BackendSettings> read(String name, Section in, Path directory) {
        SourceSettings where = SourceSettings.read(name, in, directory);
        Headers headers = headers(in);
        BackendSelector selector = SelectorSettings.read(in, where);
        TransportSettings transport = TransportSettings.read(in, where, directory);
        UnaryOperator<BackendGroup> health = HealthSettings.read(in);
        RequestSigning signing = SigningSettings.read(in);
        in.end();
        if (where.backends().isEmpty() && where.source() == null) {
            return Optional.empty();
        }
        List<BackendSettings> group = new ArrayList<>();
        in.check(
                "urls", // of which one may stand there twice
                () -> group.add(new BackendSettings(
                        signed(health.apply(where.group(name).headers(headers).selector(selector)), signing),
                        transport)));
        return group.stream().findFirst();
    }

    private static BackendGroup signed(BackendGroup group, @Nullable RequestSigning how) {
        return how == null ? group : group.sign(how);
    }

    private static Headers headers(Section group) {
        Section in = group.sectionOrEmpty("headers");
        Headers.Builder headers = Headers.builder();
        for (String name : in.names()) {
            if (isOfTheConnection(name)) {
                in.problems().add(in.lineOf(name), in.pathOf(name), "a field of the message", "one of the connection");
            } else {
                in.set(name, Value.SECRET, value -> headers.add(name, value));
            }
        }
        return headers.build();
    }

    /** Whether the field {@code name} is the client's own to send, or not. */
    static boolean isOfTheConnection(String name) {
        return NOT_SENT.contains(name.toLowerCase(Locale.ROOT));
    }
}
