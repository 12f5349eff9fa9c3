package dev.fanoutgateway.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Holds callers to their limits within one process. Safe for use by any thread, without locks: a decision computes the
 * subject's next ledger from the present one and swaps it in, or begins again if another thread was quicker. Stages are
 * complete when they are returned.
 *
 * <p>Limits run on {@link GatewayClock#nanoTime()}, so that a wall clock that is set does not move them; quotas follow the
 * calendar of {@link GatewayClock#currentTimeMillis()}.
 *
 * <p>Memory is bounded: a subject is forgotten when it has been idle for as long as its longest period, and, beyond the
 * greatest number of subjects, the least useful one is, which gives that subject its full limits and quota back.
 */
public final class MemoryRateLimiter implements RateLimiter {
    private static final long DEFAULT_MAX_SUBJECTS = 100_000;
    private static final CompletableFuture<@Nullable Void> DONE = CompletableFuture.completedFuture(null);
    private static final CompletableFuture<Decision> UNLIMITED = CompletableFuture.completedFuture(Decision.UNLIMITED);

    private final GatewayClock clock;
    private final Cache<String, Account> accounts;
    private final QuotaCalendar calendar = new QuotaCalendar();

    /** A limiter for up to 100,000 subjects. */
    public MemoryRateLimiter(GatewayClock clock) {
        this(clock, DEFAULT_MAX_SUBJECTS);
    }

    /**
     * A limiter for up to {@code maxSubjects} subjects, about 500 bytes each.
     *
     * @param maxSubjects at least 1
     */
    public MemoryRateLimiter(GatewayClock clock, long maxSubjects) {
        if (maxSubjects < 1) {
            throw new IllegalArgumentException("expected room for at least 1 subject, got " + maxSubjects);
        }
        this.clock = clock;
        this.accounts = Caffeine.newBuilder()
                .maximumSize(maxSubjects)
                .expireAfter(new IdleExpiry())
                .ticker(clock::nanoTime)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public CompletionStage<Decision> tryAcquire(Request request) {
        if (request.limits().isEmpty() && request.quota() == null) {
            return UNLIMITED;
        }
        return CompletableFuture.completedFuture(decide(account(request), request));
    }

    @Override
    public CompletionStage<@Nullable Void> settle(Lease lease, Settlement settlement) {
        if (!(lease instanceof MemoryLease reservation)) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("expected a lease of this limiter, got another limiter's"));
        }
        if (lease.trySettle() && settlement == Settlement.REFUND) {
            reservation.account.updateAndGet(ledger -> ledger.refunded(reservation.period, reservation.cost));
        }
        return DONE;
    }

    /** The number of subjects held in memory at present, approximately. */
    public long subjects() {
        accounts.cleanUp();
        return accounts.estimatedSize();
    }

    private Account account(Request request) {
        long keepNanos = keepNanos(request);
        Account account = accounts.get(request.subject(), subject -> new Account(keepNanos));
        if (keepNanos > account.keepNanos) { // the expiry is set anew on reading
            account.keepNanos = keepNanos;
            return accounts.get(request.subject(), subject -> account);
        }
        return account;
    }

    private Decision decide(Account account, Request request) {
        while (true) {
            Ledger before = account.get();
            Draft draft = draft(before, request);
            if (!draft.allowed || account.compareAndSet(before, draft.after(request))) {
                return draft.decision(account, request);
            }
        }
    }

    private Draft draft(Ledger before, Request request) {
        List<Limit> limits = request.limits();
        Quota quota = request.quota();
        long now = clock.nanoTime();
        long nowMillis = quota == null ? 0 : clock.currentTimeMillis();
        QuotaPeriod period = quota == null ? null : calendar.periodAt(quota, nowMillis);
        Ledger ledger = before.covering(limits, period, now, nowMillis);
        long used = period == null ? 0 : ledger.used(period);
        boolean allowed = quota == null || Decisions.admits(quota, used, request.cost());
        Gcra[] gcras = new Gcra[limits.size()];
        long[] backlogs = new long[limits.size()];
        for (int i = 0; i < gcras.length; i++) {
            int index = ledger.indexOf(limits.get(i), i);
            gcras[i] = ledger.gcra(index);
            backlogs[i] = ledger.backlog(index, now);
            allowed &= gcras[i].admits(backlogs[i]);
        }
        return new Draft(ledger, allowed, gcras, backlogs, period, used, now, nowMillis);
    }

    /** A decision that holds if the ledger that it was computed from is still the subject's. */
    private record Draft(
            Ledger ledger,
            boolean allowed,
            Gcra[] gcras,
            long[] backlogs,
            @Nullable QuotaPeriod period,
            long used,
            long now,
            long nowMillis) {

        Ledger after(Request request) {
            return ledger.charged(request.limits(), period, request.cost(), now);
        }

        Decision decision(Account account, Request request) {
            if (allowed) {
                for (int i = 0; i < gcras.length; i++) {
                    backlogs[i] += gcras[i].emission();
                }
            }
            Quota quota = request.quota();
            if (quota == null || period == null) {
                return Decisions.explain(allowed, gcras, backlogs, null, null);
            }
            long cost = request.cost();
            var credits =
                    new Decisions.Credits(quota, allowed ? used + cost : used, cost, period.endMillis() - nowMillis);
            Lease lease = allowed && cost > 0 ? new MemoryLease(account, period, cost) : null;
            return Decisions.explain(allowed, gcras, backlogs, credits, lease);
        }
    }

    /** How long the subject's ledger may matter after this request. */
    private static long keepNanos(Request request) {
        long keep = 0;
        List<Limit> limits = request.limits();
        for (int i = 0; i < limits.size(); i++) {
            keep = Math.max(keep, limits.get(i).period().toNanos());
        }
        Quota quota = request.quota();
        return quota == null ? keep : Math.max(keep, longest(quota.period()).toNanos());
    }

    /** With an hour to spare for a change to or from daylight-saving time. */
    private static Duration longest(Quota.Period period) {
        return switch (period) {
            case DAY -> Duration.ofHours(25);
            case MONTH -> Duration.ofDays(31).plusHours(1);
        };
    }

    private static final class Account extends AtomicReference<Ledger> {
        private static final long serialVersionUID = 1;

        /** Only grows; a race between two threads delays the greater value until the next request. */
        volatile long keepNanos;

        Account(long keepNanos) {
            super(Ledger.EMPTY);
            this.keepNanos = keepNanos;
        }
    }

    private static final class MemoryLease extends Lease {
        private final Account account;
        private final QuotaPeriod period;
        private final long cost;

        MemoryLease(Account account, QuotaPeriod period, long cost) {
            this.account = account;
            this.period = period;
            this.cost = cost;
        }
    }

    private static final class IdleExpiry implements Expiry<String, Account> {
        @Override
        public long expireAfterCreate(String subject, Account account, long currentTime) {
            return account.keepNanos;
        }

        @Override
        public long expireAfterUpdate(String subject, Account account, long currentTime, long currentDuration) {
            return account.keepNanos;
        }

        @Override
        public long expireAfterRead(String subject, Account account, long currentTime, long currentDuration) {
            return account.keepNanos;
        }
    }
}
