package dev.fanoutgateway.redis;

import dev.fanoutgateway.limit.Decisions;
import dev.fanoutgateway.limit.Gcra;
import dev.fanoutgateway.limit.QuotaCalendar;
import dev.fanoutgateway.limit.QuotaPeriod;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Holds callers to their limits across gateways. All limits and the quota of a request are decided by one script in one
 * round trip, by Redis's clock and by the arithmetic of {@link Gcra#micros}. Safe for use by any thread.
 *
 * <p>Keys, with the subject as SHA-256: {@code limit:{subject}}, a hash of TATs; {@code quota:{subject}:month:START}, a
 * counter; {@code refund:{subject}:LEASE}, which makes refunding twice harmless. All expire when they say nothing any more.
 * The braces keep one subject's keys on one node of a cluster.
 */
final class RedisRateLimiter implements RateLimiter {
    private static final Script ACQUIRE = Script.named("acquire");
    private static final Script REFUND = Script.named("refund");
    private static final byte[] SERVER_TIME = {};
    private static final int ARGUMENTS_PER_LIMIT = 4;
    private static final int MOST_LIMITS_KNOWN = 10_000;

    /** How long a period's credits stay after its end, for gateways whose clocks are late. */
    private static final long SLACK_MILLIS = 3_600_000;

    private static final Duration[] REFUND_RETRIES = {
        Duration.ofMillis(50), Duration.ofMillis(200), Duration.ofMillis(800), Duration.ofSeconds(2)
    };

    private final Link link;
    private final String prefix;
    private final @Nullable GatewayClock testClock;
    private final QuotaCalendar calendar = new QuotaCalendar();
    private final Map<Limit, LimitArguments> known = new ConcurrentHashMap<>();
    private final String leasePrefix = UUID.randomUUID().toString();
    private final AtomicLong leases = new AtomicLong();

    RedisRateLimiter(Link link, String prefix) {
        this(link, prefix, null);
    }

    /** A limiter by {@code testClock} in place of Redis's. */
    RedisRateLimiter(Link link, String prefix, @Nullable GatewayClock testClock) {
        this.link = link;
        this.prefix = prefix;
        this.testClock = testClock;
    }

    @Override
    public CompletionStage<Decision> tryAcquire(Request request) {
        return tryAcquire(request, ACQUIRE::run);
    }

    /**
     * Decides on nothing, which changes nothing: for Redis (of a cluster, one node) to know the script, and for everything
     * that a decision needs to be loaded before there is a clock running against it.
     */
    CompletionStage<Decision> rehearse() {
        LimitArguments[] none = {};
        Quota quota = Quota.perMonth(1);
        LimitArguments.of(Limit.perSecond(1));
        byte[] limitKey = bytes(prefix + "limit:{rehearsal}");
        byte[] quotaKey = bytes(prefix + "quota:{rehearsal}");
        Charge free = new Charge(
                quota, 0, calendar.periodAt(quota, currentTimeMillis()).endMillis(), quotaKey, "");
        return ACQUIRE.run(link, new byte[][] {limitKey, quotaKey}, arguments(none, free))
                .thenApply(reply -> decision(none, reply, free, lease(reply, free)));
    }

    @Override
    public boolean mayBlock() {
        return link.mayBlock();
    }

    @Override
    public CompletionStage<Decision> tryAcquireBlocking(Request request) {
        return tryAcquire(request, ACQUIRE::runHere);
    }

    private CompletionStage<Decision> tryAcquire(Request request, Way way) {
        if (request.limits().isEmpty() && request.quota() == null) {
            return CompletableFuture.completedFuture(Decision.UNLIMITED);
        }
        LimitArguments[] limits = argumentsOf(request.limits());
        String subject = "{" + sha256(request.subject()) + "}";
        byte[] limitKey = bytes(prefix + "limit:" + subject);
        Quota quota = request.quota();
        if (quota == null) {
            return way.run(link, new byte[][] {limitKey}, arguments(limits, null))
                    .thenApply(reply -> decision(limits, reply, null, null));
        }
        long now = currentTimeMillis();
        QuotaPeriod period = calendar.periodAt(quota, now);
        long untilEnd = period.endMillis() - now;
        byte[] quotaKey = bytes(prefix + "quota:" + subject + ":" + quota.name() + ":" + period.startMillis());
        Charge charge = new Charge(quota, request.cost(), untilEnd, quotaKey, prefix + "refund:" + subject + ":");
        return way.run(link, new byte[][] {limitKey, quotaKey}, arguments(limits, charge))
                .thenApply(reply -> decision(limits, reply, charge, lease(reply, charge)));
    }

    @Override
    public CompletionStage<@Nullable Void> settle(Lease lease, Settlement settlement) {
        if (!(lease instanceof RedisLease reservation)) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("expected a lease of this limiter, got another limiter's"));
        }
        if (!lease.trySettle() || settlement == Settlement.COMMIT) {
            return CompletableFuture.completedFuture(null);
        }
        return refund(reservation, 0);
    }

    /** Tries again where Redis fails: the script knows the lease, so that an answer that got lost does no harm. */
    private CompletableFuture<@Nullable Void> refund(RedisLease lease, int retries) {
        Charge charge = lease.charge;
        byte[][] keys = {charge.quotaKey, bytes(charge.refundKey + lease.id)};
        byte[][] arguments = {Script.ascii(charge.cost), Script.ascii(charge.untilEnd + SLACK_MILLIS)};
        return REFUND.run(link, keys, arguments)
                .<@Nullable Void>thenApply(reply -> null)
                .exceptionallyCompose(failure -> retries == REFUND_RETRIES.length
                        ? CompletableFuture.failedFuture(failure)
                        : link.pause(REFUND_RETRIES[retries]).thenCompose(waited -> refund(lease, retries + 1)));
    }

    private byte[][] arguments(LimitArguments[] limits, @Nullable Charge charge) {
        byte[][] arguments = new byte[2 + ARGUMENTS_PER_LIMIT * limits.length + (charge == null ? 0 : 3)][];
        arguments[0] = testClock == null ? SERVER_TIME : Script.ascii(testClock.nanoTime() / 1000);
        arguments[1] = Script.ascii(limits.length);
        int at = 2;
        for (LimitArguments limit : limits) {
            arguments[at++] = limit.field;
            arguments[at++] = limit.emission;
            arguments[at++] = limit.capacity;
            arguments[at++] = limit.scale;
        }
        if (charge != null) {
            Quota quota = charge.quota;
            arguments[at++] = Script.ascii(quota.overrun() == Quota.Overrun.ALLOW ? -1 : quota.amount());
            arguments[at++] = Script.ascii(charge.cost);
            arguments[at] = Script.ascii(charge.untilEnd + SLACK_MILLIS);
        }
        return arguments;
    }

    /** The reply: whether it was admitted, the credits used, and each limit's backlog, all after the decision. */
    private static Decision decision(
            LimitArguments[] limits, List<Long> reply, @Nullable Charge charge, @Nullable Lease lease) {
        Gcra[] gcras = new Gcra[limits.length];
        long[] backlogs = new long[limits.length];
        for (int i = 0; i < limits.length; i++) {
            gcras[i] = limits[i].gcra;
            backlogs[i] = reply.get(2 + i);
        }
        Decisions.Credits credits =
                charge == null ? null : new Decisions.Credits(charge.quota, reply.get(1), charge.cost, charge.untilEnd);
        return Decisions.explain(allowed(reply), gcras, backlogs, credits, lease);
    }

    private @Nullable Lease lease(List<Long> reply, Charge charge) {
        return allowed(reply) && charge.cost > 0
                ? new RedisLease(charge, leasePrefix + "-" + leases.incrementAndGet())
                : null;
    }

    private static boolean allowed(List<Long> reply) {
        return reply.get(0) == 1;
    }

    private LimitArguments[] argumentsOf(List<Limit> limits) {
        LimitArguments[] arguments = new LimitArguments[limits.size()];
        for (int i = 0; i < arguments.length; i++) {
            if (known.size() > MOST_LIMITS_KNOWN) {
                known.clear(); // a host that makes limits up as it goes must not fill the memory
            }
            arguments[i] = known.computeIfAbsent(limits.get(i), LimitArguments::of);
        }
        return arguments;
    }

    private long currentTimeMillis() {
        return testClock == null ? System.currentTimeMillis() : testClock.currentTimeMillis();
    }

    private static String sha256(String subject) {
        return HexFormat.of().formatHex(KeyCredential.sha256Of(subject));
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    /** How the script is run. */
    private interface Way {
        CompletableFuture<List<Long>> run(Link link, byte[][] keys, byte[][] arguments);
    }

    /** What the script is told of a limit. */
    private record LimitArguments(Gcra gcra, byte[] field, byte[] emission, byte[] capacity, byte[] scale) {
        static LimitArguments of(Limit limit) {
            Gcra gcra = Gcra.micros(limit);
            String field = String.format(
                    Locale.ROOT, "%d/%d", limit.amount(), limit.period().toNanos());
            return new LimitArguments(
                    gcra,
                    Script.ascii(field),
                    Script.ascii(gcra.emission()),
                    Script.ascii(gcra.capacity()),
                    Script.ascii(gcra.scale()));
        }
    }

    /** What a request takes from its quota. */
    private record Charge(Quota quota, long cost, long untilEnd, byte[] quotaKey, String refundKey) {}

    private static final class RedisLease extends Lease {
        private final Charge charge;
        private final String id;

        RedisLease(Charge charge, String id) {
            this.charge = charge;
            this.id = id;
        }
    }
}
