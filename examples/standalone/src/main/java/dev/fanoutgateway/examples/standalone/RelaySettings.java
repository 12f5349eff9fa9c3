package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.relay.Relay;
import dev.fanoutgateway.relay.Relay.ClientFields;
import dev.fanoutgateway.relay.Relay.Trace;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the section {@code relay}, and whom {@code server.trusted-proxies} believes. */
final class RelaySettings {
    private static final Value<String> NETWORK =
            Value.text("an address or a block such as 10.0.0.0/8", RelaySettings::network);
    private static final Value<String> NAME = Value.text("a name", Optional::of);
    private static final Value<String> URL = Value.text("a URL such as https://api.example.org", Optional::of);
    private static final Value<String> FIELD = Value.text("the name of a field such as X-Request-Id", Optional::of);
    private static final Value<ClientFields> CLIENT = Value.choice(Map.of(
            "both",
            ClientFields.BOTH,
            "forwarded",
            ClientFields.FORWARDED,
            "x-forwarded",
            ClientFields.X_FORWARDED,
            "none",
            ClientFields.NONE));
    private static final Value<Trace> TRACE = Value.choice(Map.of("join", Trace.JOIN, "pass", Trace.PASS));

    private Relay relay = Relay.standard();

    private RelaySettings() {}

    /** {@code server} in full is another's to read. */
    static List<String> trusted(Section server) {
        return server.list("trusted-proxies", NETWORK);
    }

    static Relay read(Section root, List<String> trusted) {
        RelaySettings reading = new RelaySettings();
        reading.relay = reading.relay.trusting(trusted.toArray(String[]::new));
        reading.read(root.sectionOrEmpty("relay"));
        return reading.relay;
    }

    private void read(Section in) {
        in.set("via", NAME, name -> relay = relay.via(name));
        in.set("client-fields", CLIENT, fields -> relay = relay.client(fields));
        in.set("public-url", URL, url -> relay = relay.publicUrl(url));
        if (in.node("request-id").filter(RelaySettings::isOff).isPresent()) {
            relay = relay.requestId("");
        } else {
            in.set("request-id", FIELD, field -> relay = relay.requestId(own(field)));
        }
        in.set("trace", TRACE, trace -> relay = relay.trace(trace));
        in.section("pass-caller").ifPresent(this::caller);
        List<String> dropped = in.list("drop", FIELD);
        in.check("drop", () -> relay = relay.dropping(dropped.toArray(String[]::new)));
        List<String> kept = in.list("keep", FIELD);
        in.check("keep", () -> relay = relay.keeping(kept.toArray(String[]::new)));
        in.end();
    }

    private void caller(Section in) {
        String id = in.value("id", FIELD).orElse("");
        String plan = in.value("plan", FIELD).orElse("");
        in.check(in.has("id") ? "id" : "plan", () -> relay = relay.caller(own(id), own(plan)));
        in.end();
    }

    private static String own(String field) {
        if (BackendSettings.isOfTheConnection(field)) {
            throw new IllegalArgumentException("expected a field of the message, got one of the connection");
        }
        return field;
    }

    private static boolean isOff(Node node) {
        return Node.isNull(node) || (node instanceof Node.Scalar scalar && Value.isOff(scalar));
    }

    private static Optional<String> network(String text) {
        try {
            return Optional.of(text).filter(block -> Relay.standard().trusting(block) != null);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
