package dev.fanoutgateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fanoutgateway.limit.MemoryRateLimiter;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RateLimiter;
import java.time.Duration;
import java.util.List;

/**
 * Bounds how fast one client address may guess keys. Once an address has used up its failures it is blocked for a while:
 * keys it presents are refused unseen, except those that were found valid lately, so that callers behind a shared address
 * are not shut out by one who guesses. Bounded memory; safe for use by any thread.
 */
final class FailedAttempts {
    private static final int MOST_ADDRESSES = 100_000;

    private final GatewayClock clock;
    private final List<Limit> limits;
    private final MemoryRateLimiter failures;
    private final Cache<String, Long> blockedUntilNanos;
    private final KnownKeys knownKeys = new KnownKeys();

    FailedAttempts(Limit limit, GatewayClock clock) {
        this.clock = clock;
        this.limits = List.of(limit);
        failures = new MemoryRateLimiter(clock, MOST_ADDRESSES);
        blockedUntilNanos = Caffeine.newBuilder()
                .maximumSize(MOST_ADDRESSES)
                .expireAfterWrite(limit.period().plusSeconds(1))
                .ticker(clock::nanoTime)
                .executor(Runnable::run)
                .build();
    }

    /** How long {@code address} has still to wait before {@code credential} is looked at; zero if it need not wait. */
    Duration waitFor(String address, KeyCredential credential) {
        if (blockedUntilNanos.estimatedSize() == 0) { // nearly always
            return Duration.ZERO;
        }
        Long until = blockedUntilNanos.getIfPresent(ClientNetwork.of(address));
        if (until == null || until - clock.nanoTime() <= 0) {
            return Duration.ZERO;
        }
        return knownKeys.contains(credential.sha256()) ? Duration.ZERO : Duration.ofNanos(until - clock.nanoTime());
    }

    /** Counts a failure; the time to wait if that was one too many, else zero. */
    Duration failed(String address) {
        String network = ClientNetwork.of(address);
        RateLimiter.Decision decision = failures.tryAcquire(new RateLimiter.Request(network, limits, null, 0))
                .toCompletableFuture()
                .join();
        Duration wait = decision.allowed() ? untilNext(decision.states().get(0)) : decision.retryAfter();
        if (!wait.isZero()) {
            blockedUntilNanos.put(network, clock.nanoTime() + wait.toNanos());
        }
        return decision.retryAfter();
    }

    /**
     * How long an address has to wait after its last failure: it is blocked at once, or the next attempt would still be
     * looked at, and guessing would go twice as fast as it may.
     */
    private Duration untilNext(RateLimiter.State after) {
        if (after.remaining() > 0) {
            return Duration.ZERO;
        }
        Limit limit = limits.get(0);
        Duration others = limit.period().multipliedBy(limit.amount() - 1).dividedBy(limit.amount());
        Duration wait = after.reset().minus(others);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    /** Remembers a key that was found valid. */
    void succeeded(KeyCredential credential) {
        knownKeys.add(credential.sha256());
    }
}
