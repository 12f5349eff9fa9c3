package dev.fanoutgateway;

import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.RaceRecord;
import dev.fanoutgateway.spi.RequestRecord;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/**
 * A request's record as the value of a {@code Server-Timing} field (W3C Server Timing), for anybody's eyes: times, results and
 * statuses; of a backend no more than its place in the list, from {@code b1}, and {@code b0} for one that is not in it any
 * more; and no words that somebody else has chosen but what {@code Cache-Status} says. Such as:
 *
 * <pre>
 * total;dur=31.2, cache;desc="fwd=uri-miss; stored", race;dur=30.9;desc="hedged after 20.5 ms: accepted",
 *   b1;dur=30.9;desc="cancelled", b2;dur=10.4;desc="won 200"
 * </pre>
 *
 * <p>2 KiB at most, whatever there is to say, since proxies and clients bound the fields of a response: attempts that do not
 * fit are counted only, in a last {@code more;desc="12 attempts"}.
 */
final class ServerTiming {
    static final int MOST_BYTES = 2_048;
    /** Enough for the last one. */
    private static final int MORE_BYTES = 40;
    /** Of what {@code Cache-Status} says; twice as much with escapes. */
    private static final int MOST_WORDS = 400;

    private static final String CACHE_NAME = "fanout-gateway; ";

    private ServerTiming() {}

    static String of(RequestRecord record, ToIntFunction<Backend> ordinals) {
        StringBuilder text = new StringBuilder(128).append("total;dur=").append(Millis.text(record.elapsedNanos()));
        if (!record.cache().isEmpty()) {
            String cache = record.cache();
            describe(
                    text.append(", cache"),
                    cache.startsWith(CACHE_NAME) ? cache.substring(CACHE_NAME.length()) : cache);
        }
        RaceRecord race = record.race();
        if (race != null && record.collapsed()) {
            describe(
                    timed(text, "race", race.elapsedNanos()),
                    "shared: " + race.cause().toLowerCase(Locale.ROOT));
        } else if (race != null) {
            describe(timed(text, "race", race.elapsedNanos()), manner(race));
            attempts(text, race.attempts(), ordinals);
        }
        return text.toString();
    }

    private static void attempts(StringBuilder text, List<AttemptOutcome> attempts, ToIntFunction<Backend> ordinals) {
        for (int i = 0; i < attempts.size(); i++) {
            int before = text.length();
            AttemptOutcome attempt = attempts.get(i);
            describe(timed(text, "b" + ordinals.applyAsInt(attempt.backend()), attempt.durationNanos()), fate(attempt));
            if (text.length() > MOST_BYTES - MORE_BYTES) {
                text.setLength(before);
                describe(text.append(", more"), attempts.size() - i + " attempts");
                return;
            }
        }
    }

    private static String manner(RaceRecord race) {
        String delay = race.delayNanos() > 0 ? " after " + Millis.text(race.delayNanos()) + " ms" : "";
        return race.level() + delay + ": " + race.cause().toLowerCase(Locale.ROOT);
    }

    private static String fate(AttemptOutcome attempt) {
        String result = attempt.wasMade()
                ? attempt.result().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                : "not asked";
        return attempt.status() > 0 ? result + ' ' + attempt.status() : result;
    }

    private static StringBuilder timed(StringBuilder text, String name, long nanos) {
        return text.append(", ").append(name).append(";dur=").append(Millis.text(nanos));
    }

    /**
     * Always a quoted-string (RFC 9110 section 5.6.4), of printable ASCII: what it cannot hold becomes '?', and what is too
     * long is cut.
     */
    static void describe(StringBuilder text, String words) {
        text.append(";desc=\"");
        for (int i = 0; i < Math.min(words.length(), MOST_WORDS); i++) {
            char c = words.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\');
            }
            text.append(c < ' ' || c > '~' ? '?' : c);
        }
        text.append('"');
    }
}
