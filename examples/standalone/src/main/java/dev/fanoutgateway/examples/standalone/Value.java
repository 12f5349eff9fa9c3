package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.examples.standalone.Node.Scalar;
import dev.fanoutgateway.examples.standalone.Node.Type;
import dev.fanoutgateway.spi.Limit;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kind of scalar that a key wants, and how it is read.
 *
 * @param expected it in the words of a message
 * @param types what a scalar must be to be read
 * @param shown whether a message may show what was found instead; not where a secret may stand
 * @param reading the value of a text; empty if it is not of this kind
 */
record Value<T>(String expected, Set<Type> types, boolean shown, Function<String, Optional<T>> reading) {
    private static final Pattern DURATION_TEXT = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern SIZE_TEXT = Pattern.compile("(\\d{1,10})(B|KiB|MiB|GiB)");
    private static final Pattern RATE_TEXT = Pattern.compile("(\\d{1,10})/(\\S+)");
    private static final Pattern SHARE_TEXT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3})?)%");
    private static final Map<String, Duration> UNITS = Map.of(
            "ms",
            Duration.ofMillis(1),
            "s",
            Duration.ofSeconds(1),
            "m",
            Duration.ofMinutes(1),
            "h",
            Duration.ofHours(1));
    private static final Map<String, Integer> SHIFTS = Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30);

    static final Value<Duration> DURATION = text("a duration such as 250ms, 30s, 5m or 1h", Value::duration);
    static final Value<Long> SIZE = text("a size such as 512B, 64KiB, 1MiB or 2GiB", Value::size);
    static final Value<Limit> RATE = text("a rate such as 10/1s or 1000/1h", Value::rate);
    static final Value<Double> SHARE = text("a share such as 5%", Value::share);
    static final Value<Instant> INSTANT = text("a time such as 2027-01-01T00:00:00Z", Value::instant);
    static final Value<Long> NUMBER = new Value<>("a whole number", Set.of(Type.NUMBER), true, Value::number);
    static final Value<Integer> COUNT = new Value<>("a whole number", Set.of(Type.NUMBER), true, Value::count);
    static final Value<Boolean> FLAG =
            new Value<>("true or false", Set.of(Type.BOOLEAN), true, text -> Optional.of(isTrue(text)));
    /** Text that may well be secret. */
    static final Value<String> TEXT =
            new Value<>("text (in quotes if it looks like something else)", Set.of(Type.TEXT), false, Optional::of);

    /** Text that may stand in the environment or a file of its own: see {@link Secret}. */
    static final Value<String> SECRET = secret(TEXT.expected(), Optional::of);

    static <T> Value<T> text(String expected, Function<String, Optional<T>> reading) {
        return new Value<>(expected, Set.of(Type.TEXT), true, reading);
    }

    static <T> Value<T> secretText(String expected, Function<String, Optional<T>> reading) {
        return new Value<>(expected, Set.of(Type.TEXT), false, reading);
    }

    /** Like {@link #SECRET}, where {@code reading} gets the secret itself. */
    static <T> Value<T> secret(String expected, Function<String, Optional<T>> reading) {
        return new Value<>(expected, Set.of(Type.TEXT), false, text -> reading.apply(Secret.resolve(text)));
    }

    /** A share within bounds of its own, which {@code expected} names. */
    static Value<Double> share(String expected, Predicate<Double> fitting) {
        return text(expected, text -> share(text).filter(fitting));
    }

    /** One of some words; those that YAML takes for booleans, such as {@code off}, come as such or as text. */
    static <T> Value<T> choice(Map<String, T> words) {
        return new Value<>(
                "one of " + String.join(", ", new TreeMap<>(words).keySet()),
                Set.of(Type.TEXT, Type.BOOLEAN),
                true,
                text -> Optional.ofNullable(words.get(text)));
    }

    /**
     * The name of something that stands in {@code section}, where it may look like a boolean or a number, such as {@code off}.
     */
    static Value<String> nameOf(String section, Collection<String> names) {
        String expected = names.isEmpty()
                ? "a name from the section " + section + ", which has none"
                : "one of the " + section + ' ' + String.join(", ", names);
        return new Value<>(expected, Set.of(Type.TEXT, Type.BOOLEAN, Type.NUMBER), true, name -> {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("expected " + expected + ", got " + Problems.shownIfName(name));
            }
            return Optional.of(name);
        });
    }

    /** @throws IllegalArgumentException {@code expected ..., got ...} if {@code node} is not of this kind */
    T of(Node node) {
        if (!(node instanceof Scalar scalar)) {
            throw refused(node.kind());
        }
        if (!types.contains(scalar.type())) {
            throw refused(got(scalar));
        }
        return reading.apply(scalar.text()).orElseThrow(() -> refused(got(scalar)));
    }

    private IllegalArgumentException refused(String got) {
        return new IllegalArgumentException("expected " + expected + ", got " + got);
    }

    private String got(Scalar scalar) {
        if (!shown || scalar.type() == Type.NULL || scalar.type() == Type.TAGGED) {
            return types.contains(scalar.type()) ? "other " + scalar.kind() : scalar.kind();
        }
        return Problems.shown(scalar.text());
    }

    /** Whether a boolean is true in YAML 1.1 or JSON. */
    static boolean isTrue(String bool) {
        return Set.of("true", "yes", "on").contains(bool.toLowerCase(Locale.ROOT));
    }

    /** Whether a scalar says that something is not wanted, by {@code off} or {@code false}. */
    static boolean isOff(Scalar scalar) {
        return switch (scalar.type()) {
            case BOOLEAN -> !isTrue(scalar.text());
            case TEXT -> scalar.text().equals("off") || scalar.text().equals("false");
            case NUMBER, NULL, TAGGED -> false;
        };
    }

    private static Optional<Duration> duration(String text) {
        Matcher matcher = DURATION_TEXT.matcher(text);
        return matcher.matches()
                ? Optional.ofNullable(UNITS.get(matcher.group(2)))
                        .map(unit -> unit.multipliedBy(Long.parseLong(matcher.group(1))))
                : Optional.empty();
    }

    private static Optional<Long> size(String text) {
        Matcher matcher = SIZE_TEXT.matcher(text);
        return matcher.matches()
                ? Optional.ofNullable(SHIFTS.get(matcher.group(2)))
                        .map(shift -> Long.parseLong(matcher.group(1)) << shift)
                : Optional.empty();
    }

    private static Optional<Limit> rate(String text) {
        Matcher matcher = RATE_TEXT.matcher(text);
        return matcher.matches()
                ? duration(matcher.group(2)).map(period -> Limit.of(Long.parseLong(matcher.group(1)), period))
                : Optional.empty();
    }

    private static Optional<Double> share(String text) {
        Matcher matcher = SHARE_TEXT.matcher(text);
        return matcher.matches() ? Optional.of(Double.parseDouble(matcher.group(1)) / 100) : Optional.empty();
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Decimal only: a number such as 010 means eight to some. */
    private static Optional<Long> number(String text) {
        return text.matches("0|-?[1-9]\\d{0,17}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }

    private static Optional<Integer> count(String text) {
        return text.matches("0|-?[1-9]\\d{0,8}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }
}
