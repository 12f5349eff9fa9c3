package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.Route;
import dev.fanoutgateway.examples.standalone.Node.Scalar;
import dev.fanoutgateway.fanout.AttemptFields;
import java.util.Optional;

/**
 * Reads what a route tells its backends of each attempt: the key {@code attempt-fields} with {@code timeout} and
 * {@code number}. The whole and each of the two may be {@code off}, or {@code null}.
 */
final class AttemptFieldSettings {
    private static final Value<String> NAME =
            Value.text("the name of a field of the message such as X-Attempt, or off", AttemptFieldSettings::name);

    private AttemptFieldSettings() {}

    static void read(Section route, Route.Builder builder) {
        Optional<Node> node = route.node("attempt-fields");
        if (node.filter(AttemptFieldSettings::isOff).isPresent()) {
            builder.attemptFields(AttemptFields.none());
        } else if (node.filter(Scalar.class::isInstance).isPresent()) {
            route.problems()
                    .add(
                            route.lineOf("attempt-fields"),
                            route.pathOf("attempt-fields"),
                            "a mapping or off",
                            node.get().kind());
        } else {
            route.section("attempt-fields").ifPresent(in -> builder.attemptFields(fields(in)));
        }
    }

    private static AttemptFields fields(Section in) {
        AttemptFields usual = AttemptFields.standard();
        String timeout = nameOr(usual.timeout(), in, "timeout");
        String number = nameOr(usual.number(), in, "number");
        in.end();
        if (!number.isEmpty() && number.equalsIgnoreCase(timeout)) {
            String key = in.has("number") ? "number" : "timeout";
            in.problems()
                    .add(in.lineOf(key), in.pathOf(key), "two different fields", Problems.shown(number) + " twice");
        }
        return new AttemptFields(timeout, number);
    }

    /** The name that {@code key} gives to its field; empty for no field. */
    private static String nameOr(String usual, Section in, String key) {
        return in.node(key).filter(AttemptFieldSettings::isOff).isPresent()
                ? ""
                : in.value(key, NAME).orElse(usual);
    }

    private static boolean isOff(Node node) {
        return Node.isNull(node) || (node instanceof Scalar scalar && Value.isOff(scalar));
    }

    private static Optional<String> name(String text) {
        if (text.isEmpty() || BackendSettings.isOfTheConnection(text)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AttemptFields(text, text).timeout());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
