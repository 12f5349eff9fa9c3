package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.examples.standalone.Node.Items;
import dev.fanoutgateway.fanout.Selectors;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A group of the section {@code backends}.
 *
 * @param connectTimeout how long a connection to one of them may take to come about
 */
record BackendSettings(BackendGroup group, Duration connectTimeout) {
    private static final Value<Supplier<BackendSelector>> SELECTOR = Value.choice(Map.of(
            "listed",
            Selectors::listed,
            "round-robin",
            Selectors::roundRobin,
            "least-loaded",
            Selectors::leastLoaded,
            "fastest",
            Selectors::fastest,
            "consistent-hash",
            Selectors::consistentHashByPath));
    private static final Duration USUAL_CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LONGEST_CONNECT_TIMEOUT = Duration.ofMinutes(5);

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

    static List<BackendSettings> readAll(Section root) {
        Section in = root.sectionOrEmpty("backends");
        List<BackendSettings> groups = new ArrayList<>();
        in.named().forEach((name, group) -> read(name, group).ifPresent(groups::add));
        if (in.names().isEmpty()) {
            root.missing("backends", "at least one group of backends");
        }
        return List.copyOf(groups);
    }

    private static Optional<BackendSettings> read(String name, Section in) {
        List<Backend> backends = urls(name, in);
        Headers headers = headers(in);
        BackendSelector selector =
                in.value("selector", SELECTOR).orElse(Selectors::listed).get();
        in.set("connect-timeout", Value.DURATION, BackendSettings::checkConnectTimeout);
        Duration connectTimeout = in.value("connect-timeout", Value.DURATION).orElse(USUAL_CONNECT_TIMEOUT);
        UnaryOperator<BackendGroup> health = HealthSettings.read(in);
        in.end();
        if (backends.isEmpty()) {
            return Optional.empty();
        }
        List<BackendSettings> group = new ArrayList<>();
        in.check(
                "urls",
                () -> group.add(new BackendSettings(
                        health.apply(new BackendGroup(name, backends, headers, selector)), connectTimeout)));
        return group.stream().findFirst();
    }

    private static List<Backend> urls(String group, Section in) {
        Value<Backend> url = Value.secretText(
                "a URL such as http://10.0.0.1:8080, without user, query and fragment", text -> backend(group, text));
        boolean none = in.node("urls")
                .filter(node -> !Node.isNull(node)
                        && !(node instanceof Items list && list.items().isEmpty()))
                .isEmpty();
        if (none) {
            in.missing("urls", "a list of at least one URL");
        }
        return in.list("urls", url);
    }

    /** What a URL of a wrong form holds may be a password: it is not shown. */
    private static Optional<Backend> backend(String group, String url) {
        try {
            return Optional.of(Backend.of(group, url));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Headers headers(Section group) {
        Section in = group.sectionOrEmpty("headers");
        Headers.Builder headers = Headers.builder();
        for (String name : in.names()) {
            if (NOT_SENT.contains(name.toLowerCase(Locale.ROOT))) {
                in.problems().add(in.lineOf(name), in.pathOf(name), "a field of the message", "one of the connection");
            } else {
                in.set(name, Value.TEXT, value -> headers.add(name, value));
            }
        }
        return headers.build();
    }

    private static void checkConnectTimeout(Duration timeout) {
        if (timeout.isZero() || timeout.compareTo(LONGEST_CONNECT_TIMEOUT) > 0) {
            throw new IllegalArgumentException("expected a connect timeout of 1ms to 5m, got " + timeout);
        }
    }
}
