package dev.fanoutgateway.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was asked of the backends for one request, or for several that shared it, explained. Made once for each flight: what
 * is logged, told to the developers, given to observers and shown to callers comes from here. Holds no query, header field or
 * content.
 *
 * @param strategy how the route asks, such as {@code hedged}; empty if that is not known
 * @param level how it asked here: what an adaptive route came to at the moment ({@code parallel}, {@code hedged} or
 *     {@code single}), {@code single} for methods that are not safe, else the same as {@code strategy}
 * @param delayNanos after which somebody else was to be asked; 0 for at once, -1 for never
 * @param candidates how many backends there were to ask
 * @param cause how it ended: {@code ACCEPTED}, {@code FINAL}, {@code ABSENT}, {@code BROKEN}, {@code UNAVAILABLE},
 *     {@code INCOMPLETE}, {@code TOO_FEW}, {@code UNCOMBINED}, {@code LATE} or {@code CANCELLED}
 * @param attempts every attempt, in the order of launches
 * @param notes why somebody was not asked who otherwise would have been, in words that hold no secret; mostly empty
 * @param startNanos when it began, on {@link GatewayClock#nanoTime()}
 * @param elapsedNanos from its beginning to its end
 * @param budget what was left for extra attempts at its end; empty where none were limited, and where there was an answer and
 *     nobody wanted it explained
 */
public record RaceRecord(
        String strategy,
        String level,
        long delayNanos,
        int candidates,
        String cause,
        List<AttemptOutcome> attempts,
        List<String> notes,
        long startNanos,
        long elapsedNanos,
        Optional<Budget> budget) {

    /** A {@link #delayNanos} of never. */
    public static final long NEVER = -1;

    /**
     * What extra attempts are drawn from.
     *
     * @param extraLoad how many extra attempts a request allows, on average
     * @param left how many could be made at that moment
     */
    public record Budget(double extraLoad, long left) {}

    public RaceRecord {
        attempts = List.copyOf(attempts);
        notes = List.copyOf(notes);
    }

    /** This record with the state of the budget. */
    public RaceRecord budget(Optional<Budget> state) {
        return new RaceRecord(
                strategy, level, delayNanos, candidates, cause, attempts, notes, startNanos, elapsedNanos, state);
    }

    /** This race as the second for one request, which had to be asked again: attempts and times of both. */
    public RaceRecord after(RaceRecord first) {
        List<AttemptOutcome> all = new ArrayList<>(first.attempts);
        long later = startNanos - first.startNanos;
        for (AttemptOutcome attempt : attempts) {
            all.add(new AttemptOutcome(
                    attempt.backend(),
                    first.attempts.size() + attempt.number(),
                    later + attempt.startNanos(),
                    attempt.durationNanos(),
                    attempt.result(),
                    attempt.status(),
                    attempt.detail(),
                    attempt.occasion() == AttemptOutcome.Occasion.START
                            ? AttemptOutcome.Occasion.FAILURE
                            : attempt.occasion()));
        }
        List<String> words = new ArrayList<>(first.notes);
        words.add("asked again, since a 304 was about another response than the stored one");
        words.addAll(notes);
        return new RaceRecord(
                strategy,
                level,
                delayNanos,
                candidates,
                cause,
                all,
                words,
                first.startNanos,
                later + elapsedNanos,
                budget);
    }

    /** This record of a race that ended later, and in another way. */
    public RaceRecord ended(String how, long nanos) {
        return new RaceRecord(strategy, level, delayNanos, candidates, how, attempts, notes, startNanos, nanos, budget);
    }

    /**
     * One line: each backend, what became of it, and the time it took, such as {@code BROKEN after 31 ms, failover:
     * http://10.0.0.1 UNREACHABLE after 1 ms: connection refused; http://10.0.0.2 REJECTED 503 after 30 ms, begun at 1 ms: not
     * acceptable; 9 extra attempts left}.
     */
    public String describe() {
        List<String> lines = lines();
        return lines.get(0) + ": " + String.join("; ", lines.subList(1, lines.size()));
    }

    /** The same in lines: how it ended, then each attempt, then what kept others from being asked. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(attempts.size() + notes.size() + 2);
        lines.add(cause + " after " + elapsedNanos / 1_000_000 + " ms" + manner());
        attempts.forEach(attempt -> lines.add(attempt.describe()));
        if (attempts.isEmpty()) {
            lines.add("nobody was asked");
        }
        lines.addAll(notes);
        budget.ifPresent(state ->
                lines.add(state.left() + (state.left() == 1 ? " extra attempt left" : " extra attempts left")));
        return lines;
    }

    private String manner() {
        if (strategy.isEmpty()) {
            return "";
        }
        String delay = delayNanos > 0 ? " after " + delayNanos / 1_000_000 + " ms" : "";
        return ", " + strategy + (level.equals(strategy) ? "" : " as " + level) + delay;
    }
}
