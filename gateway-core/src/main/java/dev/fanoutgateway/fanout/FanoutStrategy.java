package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Combiner;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * When the attempts of a race are launched. Immutable.
 *
 * <p>Every strategy is one mechanism with three numbers: the stagger between launches, the grace for which a better-ranked
 * backend is waited for, and the greatest number of attempts; and where candidates are left, a rejection or failure
 * launches the next one at once. Only safe methods fan out: whatever the strategy, others go to one backend at a time, and
 * to the next only if nothing was sent.
 *
 * <p>What is asked beyond the first attempt, for speed or after a failure, is drawn from a budget; see {@link RoutePace}.
 * {@link #parallel()}, {@link #ordered} and {@link #collect} are exempt, since asking everybody is what they mean. So is
 * what no backend feels as more than one request: asking the next after an attempt of which nothing was sent, or after a
 * proper 'no such resource'.
 */
public final class FanoutStrategy {
    /** A stagger after which nothing is launched: only a rejection launches the next attempt. */
    static final long NEVER = Long.MAX_VALUE;

    /** The {@link #quorum()} of {@link #collectAll}. */
    public static final int EVERYBODY = Integer.MAX_VALUE;

    private static final int MOST_WANTED = 1_000;

    private static final Duration LONGEST = Duration.ofHours(1);
    private static final HedgeDelay AT_ONCE = HedgeDelay.fixed(Duration.ZERO);
    private static final FanoutStrategy PARALLEL = new FanoutStrategy("parallel", AT_ONCE, 0, Integer.MAX_VALUE);
    private static final FanoutStrategy FAILOVER =
            new FanoutStrategy("failover", HedgeDelay.never(), 0, Integer.MAX_VALUE);
    private static final FanoutStrategy SINGLE = new FanoutStrategy("single", HedgeDelay.never(), 0, 1);

    private final String name;
    private final HedgeDelay delay;
    private final long graceNanos;
    private final int maxAttempts;

    private final int quorum;
    private final @Nullable Combiner combiner;

    /** The combiner as it was given, if it has no use for certain answers. */
    private final @Nullable SelectiveCombiner selective;

    private FanoutStrategy(String name, HedgeDelay delay, long graceNanos, int maxAttempts) {
        this(name, delay, graceNanos, maxAttempts, 1, null, null);
    }

    private FanoutStrategy(
            String name,
            HedgeDelay delay,
            long graceNanos,
            int maxAttempts,
            int quorum,
            @Nullable Combiner combiner,
            @Nullable SelectiveCombiner selective) {
        this.quorum = quorum;
        this.combiner = combiner;
        this.selective = selective;
        this.name = name;
        this.delay = delay;
        this.graceNanos = graceNanos;
        this.maxAttempts = maxAttempts;
    }

    /** Asks all backends at once and gives the first acceptable answer. Costs one call to each backend per request. */
    public static FanoutStrategy parallel() {
        return PARALLEL;
    }

    /**
     * Asks all backends at once. Once one has an acceptable answer, those ranked better are waited for up to {@code grace};
     * then the best-ranked acceptable answer is given.
     *
     * @param grace zero (the same as {@link #parallel()}) to one hour
     */
    public static FanoutStrategy ordered(Duration grace) {
        if (grace.isNegative() || grace.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("expected a grace of zero to one hour, got " + grace);
        }
        return new FanoutStrategy("ordered", AT_ONCE, grace.toNanos(), Integer.MAX_VALUE);
    }

    /**
     * Asks one backend, and one more each time {@code delay} has passed without an acceptable answer, or at once when an
     * attempt fails (Dean and Barroso, The Tail at Scale, 2013).
     *
     * @param delay zero (the same as {@link #parallel()}) to one hour
     */
    public static FanoutStrategy hedged(Duration delay) {
        return hedged(HedgeDelay.fixed(delay));
    }

    /** As {@link #hedged(Duration)}, after a delay that may follow the route's latencies. */
    public static FanoutStrategy hedged(HedgeDelay delay) {
        return new FanoutStrategy("hedged", delay, 0, Integer.MAX_VALUE);
    }

    /** Asks one backend after the other: the next when an attempt has failed or its answer is not acceptable. */
    public static FanoutStrategy failover() {
        return FAILOVER;
    }

    /** Asks the first backend only. */
    public static FanoutStrategy single() {
        return SINGLE;
    }

    /**
     * Asks all at once while the backends are hardly used, hedges at the 95th percentile while there is room for that, and
     * beyond that asks one, and another only after a failure: whichever gives the slowest hundredth of callers the quickest
     * answers, as far as it can tell from what attempts take, what hedges save, and what their load costs. Asking all stops
     * to pay at a utilisation between a quarter and a third for two backends, hedging at 60 to 80 %, later with heavy tails.
     * It begins with hedging, measures once a second, and changes with hysteresis; each step is logged and told to observers.
     * With less than about 4 requests a second it hedges.
     *
     * <p>What it counts as utilisation is the load by clients' requests alone, the greater of two measures: the wait that
     * shows in the latencies, and, where the group says how many requests a backend can work on at the same time, the room
     * they take. Backends should be chosen evenly, not in listed order.
     */
    public static FanoutStrategy adaptive() {
        return adaptive(HedgeDelay.percentile(95));
    }

    /** As {@link #adaptive()}, hedging after {@code delay}. */
    public static FanoutStrategy adaptive(HedgeDelay delay) {
        return new FanoutStrategy("adaptive", delay, 0, Integer.MAX_VALUE);
    }

    /**
     * Asks all backends at once, waits for {@code quorum} acceptable answers, and has {@code combiner} make one of them; the
     * attempts that are still under way by then are cut. Costs one call to each backend per request, and waits for the
     * {@code quorum}-th fastest.
     *
     * <p>Once so many cannot come together any more, or the time is up, the attempts under way are cut, and the route's
     * failure policy answers: a combiner never sees fewer acceptable answers than it asked for. To combine what there is, use
     * {@link #collectAll}. Where everybody so far says properly that there is no such resource, the others are waited for: then
     * it is absent, or answers are too few. Methods that are not safe are not collected: they go to one backend, whose
     * answer is given.
     *
     * @param quorum 1 to 1,000; a gateway is not built with more than the group has backends
     */
    public static FanoutStrategy collect(int quorum, Combiner combiner) {
        if (quorum < 1 || quorum > MOST_WANTED) {
            throw new IllegalArgumentException("expected a quorum of 1 to " + MOST_WANTED + ", got " + quorum);
        }
        return collecting(quorum, combiner, selective(combiner));
    }

    /**
     * As {@link #collect}, waiting for everybody: each backend has answered or failed, or the request's time is up. Then what
     * there is gets combined, if at least one answer is acceptable. The slowest backend decides how long that takes; the
     * time of an attempt bounds it.
     */
    public static FanoutStrategy collectAll(Combiner combiner) {
        return collecting(EVERYBODY, combiner, selective(combiner));
    }

    private static FanoutStrategy collecting(int quorum, Combiner combiner, @Nullable SelectiveCombiner selective) {
        Objects.requireNonNull(combiner, "combiner");
        return new FanoutStrategy("collect", AT_ONCE, 0, Integer.MAX_VALUE, quorum, combiner, selective);
    }

    private static @Nullable SelectiveCombiner selective(Combiner combiner) {
        return combiner instanceof SelectiveCombiner one ? one : null;
    }

    /** This strategy with its combiner replaced by {@code around(combiner)}, if it has one; what that can use stays. */
    public FanoutStrategy combiner(UnaryOperator<Combiner> around) {
        return combiner == null ? this : collecting(quorum, around.apply(combiner), selective);
    }

    /** Why an answer, acceptable as it is, is of no use to the combiner; null if it is of use, or not to be combined. */
    @Nullable
    String unfit(GatewayRequest request, GatewayResponse response) {
        if (selective == null || !request.isSafe() || request.method().equals("HEAD")) {
            return null;
        }
        return response.body().isBuffered() ? selective.unfit(response) : null;
    }

    /** What makes one answer of several; null if the strategy gives one backend's. */
    public @Nullable Combiner combiner() {
        return combiner;
    }

    /** How many acceptable answers are waited for: 1 but for {@link #collect}, and {@link #EVERYBODY} for as many as come. */
    public int quorum() {
        return quorum;
    }

    /** The strategy's name in configuration and records, such as {@code hedged}. */
    public String name() {
        return name;
    }

    HedgeDelay delay() {
        return delay;
    }

    long graceNanos() {
        return graceNanos;
    }

    int maxAttempts() {
        return maxAttempts;
    }

    boolean isAdaptive() {
        return name.equals("adaptive");
    }

    /** Whether everybody is asked from the start, which no budget limits. */
    boolean asksAllAtOnce() {
        return delay.isNone();
    }

    /** Whether somebody else is asked because time has passed. */
    boolean asksOnTime() {
        return !delay.isNone() && !delay.isNever();
    }

    /** Whether anybody may be asked after the race has begun. */
    boolean asksLater() {
        return !asksAllAtOnce() && maxAttempts > 1;
    }

    /** The name of this way to ask, for one that was told to ask as {@code configured} says. */
    String level(FanoutStrategy configured) {
        if (!configured.isAdaptive()) {
            return configured.name;
        }
        return asksAllAtOnce() ? "parallel" : asksOnTime() ? "hedged" : "single";
    }

    @Override
    public String toString() {
        if (combiner != null) {
            return name + '(' + (quorum == EVERYBODY ? "all" : quorum) + ", " + combiner + ')';
        }
        if (graceNanos > 0) {
            return name + '(' + Duration.ofNanos(graceNanos) + ')';
        }
        return asksOnTime() ? name + '(' + delay + ')' : name;
    }
}
