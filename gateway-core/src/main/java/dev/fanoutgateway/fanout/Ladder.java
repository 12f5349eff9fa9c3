package dev.fanoutgateway.fanout;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides when an adaptive route asks all together, hedges, or asks one: from figures to steps, with hysteresis. Calls
 * nobody. Not safe for use by several threads.
 *
 * <p>It compares what the slowest hundredth of callers gets on the present rung with what it would get on the next one. That
 * is what it got there, if the route stood there lately and at a load like the present one; else it is computed from how long
 * single attempts take, and from what the load would become. Times in queues grow as {@code 1 / (1 - u)} with the
 * utilisation u, so what was seen at one load can be compared with what is seen at another.
 *
 * <p>All are asked only below the break-even of the literature (Vulimiri and others, Low Latency via Redundancy, 2013).
 */
final class Ladder {
    /** The next rung must be better by as much, on the scale of natural logarithms. */
    private static final double MARGIN = 0.03;
    /** Nobody is hedged only for so much more: what one attempt alone would take is the least certain. */
    private static final double MARGIN_OF_SINGLE = 0.12;
    /** By as much better it need not be proven over time. */
    private static final double GREAT_GAIN = 0.25;

    /** What is measured after a step is worth little at first. */
    private static final long SHORTEST_STAY_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** How long a window takes to fill, and how many requests tell a percentile from chance. */
    private static final long FILLED_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final double ENOUGH_REQUESTS = 2_000;
    /** Of measurements, one a second, so many make the mean. */
    private static final double MEASUREMENTS = 30;

    /** What was seen of a rung is known for so long, and for rates so near. */
    private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final double NEAR = 1.15;

    private static final int MOST_PATIENT = 16;
    private static final double HEAVIEST = 1.5;
    /** The least room in a queue that times are computed for. */
    private static final double LEAST_ROOM = 0.02;

    /** How a route asks. */
    enum Rung {
        PARALLEL,
        HEDGED,
        SINGLE;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** How many attempts a request makes. */
        double attempts(Figures figures) {
            return switch (this) {
                case PARALLEL -> figures.copies();
                case HEDGED -> 1 + figures.extra();
                case SINGLE -> 1;
            };
        }
    }

    /**
     * A step that was decided.
     *
     * @param utilisation by requests alone
     * @param threshold the break-even of asking all
     * @param gain by which the slowest hundredth of answers is expected to become shorter
     */
    record Decision(Rung from, Rung to, double utilisation, double threshold, double gain, String reason) {}

    /** What was seen of a rung, and when. */
    private record Seen(Figures figures, long atNanos) {}

    private final Map<Rung, Seen> seen = new EnumMap<>(Rung.class);
    private Rung rung = Rung.HEDGED;
    private long sinceNanos;
    private @Nullable Figures trend;
    private int measurements;
    private double requests;
    private long beforeNanos;
    /** How often the time has to be taken to prove a gain: twice as often with each step that follows soon. */
    private int patience = 1;

    Rung rung() {
        return rung;
    }

    /** The break-even of asking {@code copies} together: 1 / (copies + 1) for exponential service. */
    static double threshold(int copies, double variability) {
        double exponential = 1.0 / (copies + 1);
        double least = 0.78 * exponential;
        double most = (exponential + 1.0 / copies) / 2;
        double bend =
                (most - exponential) / (exponential - least); // so that a variability of 1 gives the exponential's
        return least + (most - least) * variability / (variability + bend);
    }

    /** A step, if it is time for one; the time counts from the beginning. */
    @Nullable
    Decision judge(Figures now, long nowNanos) {
        requests += now.perSecond() * (nowNanos - beforeNanos) / 1e9;
        beforeNanos = nowNanos;
        if (nowNanos - sinceNanos < SHORTEST_STAY_NANOS) {
            return null;
        }
        measurements++;
        Figures mean =
                trend == null ? now : trend.towards(now, Math.max(1.0 / measurements, 1 / (patience * MEASUREMENTS)));
        trend = mean;
        Decision decision = judge(now, mean, nowNanos);
        if (decision != null) {
            remember(mean, nowNanos);
            boolean soon = nowNanos - sinceNanos < REMEMBERED_NANOS;
            patience = soon ? Math.min(MOST_PATIENT, 2 * patience) : 1;
            rung = decision.to();
            sinceNanos = nowNanos;
            trend = null;
            measurements = 0;
            requests = 0;
        }
        return decision;
    }

    private void remember(Figures mean, long nowNanos) {
        if (rung != Rung.PARALLEL && nowNanos - sinceNanos < FILLED_NANOS) {
            return; // left in haste, before its queues had grown: better to compute than to believe that
        }
        Seen before = seen.get(rung);
        Figures known = before != null && isRelevant(before, mean, nowNanos)
                ? before.figures().towards(mean, 0.5)
                : mean;
        seen.put(rung, new Seen(known, nowNanos));
    }

    private @Nullable Decision judge(Figures now, Figures mean, long nowNanos) {
        double load = load(now);
        Figures basis = basis(now);
        double threshold = threshold(now.copies(), basis.variability());
        if (rung == Rung.PARALLEL && load > NEAR * threshold) {
            return new Decision(rung, Rung.HEDGED, load, threshold, 0, "the load is past break-even");
        }
        for (Rung next : Rung.values()) {
            boolean neighbour = Math.abs(next.ordinal() - rung.ordinal()) == 1;
            if (neighbour && (next != Rung.PARALLEL || load(mean) <= threshold)) {
                double gain = worth(next, now, mean, nowNanos);
                if (gain > 0) {
                    return new Decision(rung, next, load, threshold, 1 - Math.exp(-gain), reason(next));
                }
            }
        }
        return null;
    }

    /** What a step would gain, if it is proven or great enough, else 0. */
    private double worth(Rung next, Figures now, Figures mean, long nowNanos) {
        double margin = next == Rung.SINGLE ? MARGIN_OF_SINGLE : MARGIN;
        long stay = patience * (rung == Rung.HEDGED ? 2 * FILLED_NANOS : FILLED_NANOS);
        if (requests >= ENOUGH_REQUESTS && nowNanos - sinceNanos >= stay) {
            double gain = gain(next, mean, nowNanos);
            if (gain >= margin) {
                return gain;
            }
        }
        if (requests >= ENOUGH_REQUESTS / 2 && next != Rung.PARALLEL) {
            double gain = gain(next, now, nowNanos);
            double great = GREAT_GAIN * (rung == Rung.PARALLEL ? 1 : patience); // too much load must not wait
            if (gain >= margin + great) {
                return gain;
            }
        }
        return 0;
    }

    private String reason(Rung next) {
        return switch (next) {
            case PARALLEL -> "asking all is faster than hedging";
            case SINGLE -> "the load of hedges costs more than they save";
            case HEDGED ->
                rung == Rung.PARALLEL ? "hedging is faster than asking all" : "hedges save more than their load costs";
        };
    }

    /** The utilisation by requests alone. While all are asked it cannot be measured, but it goes with their rate. */
    private double load(Figures now) {
        Figures basis = basis(now);
        double then = basis.utilisation() / (rung == Rung.SINGLE ? 1 : Rung.HEDGED.attempts(basis));
        return basis.perSecond() <= 0 ? then : then * now.perSecond() / basis.perSecond();
    }

    /** The latest figures of single attempts. */
    private Figures basis(Figures now) {
        Seen hedged = rung == Rung.PARALLEL ? seen.get(Rung.HEDGED) : null;
        return hedged == null ? now : hedged.figures();
    }

    /** By how much the slowest hundredth would be faster on another rung, as a logarithm. */
    private double gain(Rung next, Figures now, long nowNanos) {
        double load = load(now);
        Seen there = seen.get(next);
        double expected = there != null && (rung == Rung.PARALLEL || isRelevant(there, now, nowNanos))
                ? grown(next, there.figures(), now, load)
                : predicted(next, now, load);
        return expected <= 0 || now.answers() <= 0 ? 0 : Math.log(now.answers() / expected);
    }

    /** By the rate of requests: unlike the utilisation it is not in doubt. */
    private static boolean isRelevant(Seen there, Figures now, long nowNanos) {
        double then = there.figures().perSecond();
        return nowNanos - there.atNanos() < REMEMBERED_NANOS
                && now.perSecond() < NEAR * then
                && then < NEAR * now.perSecond();
    }

    /** What was seen on a rung, as it would be with the present rate. */
    private static double grown(Rung next, Figures then, Figures now, double load) {
        double attempts = next.attempts(then);
        double before = now.perSecond() <= 0 ? load : load * then.perSecond() / now.perSecond();
        return then.answers() * room(attempts * before) / room(attempts * load);
    }

    /** From single attempts alone: their tail, as it would be with the load of the other rung. */
    private double predicted(Rung next, Figures now, double load) {
        double more = room(rung.attempts(now) * load) / room(next.attempts(now) * load);
        return switch (next) {
            case PARALLEL -> now.together() * Math.pow(more, heaviness(now));
            case HEDGED -> now.hedged() * more * more; // hedges come when there is least room for them
            case SINGLE -> now.alone() * more * more;
        };
    }

    /**
     * The power with which times grow: 1 for exponential service, more with heavier tails, as the wait for somebody with a
     * heavy tail has a heavier one. The tail shows in how much of it the fastest of several leaves.
     */
    private static double heaviness(Figures now) {
        double shown = now.copies() < 2 || now.together() <= 0
                ? 1
                : Math.log(now.alone() / now.together()) / Math.log(now.copies());
        return Math.max(1, Math.min(HEAVIEST, shown));
    }

    private static double room(double utilisation) {
        return Math.max(LEAST_ROOM, 1 - utilisation);
    }
}
