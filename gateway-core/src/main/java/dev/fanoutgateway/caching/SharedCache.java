package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.ResponseCache;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Looks up and stores by {@link CacheRules}, in a store that knows nothing of HTTP. Safe for use by any thread; never
 * blocks. Where the store's stages are complete, so are those given here, and the work was done on the caller's thread. A
 * stage fails only if the store's does.
 */
public final class SharedCache {
    /** How long it is remembered that responses under a key cannot be shared. */
    static final Duration UNCACHEABLE_TTL = Duration.ofMinutes(2);

    /** How long the list of fields that responses vary by outlives the last of them that was stored. */
    private static final long SIGNPOST_MILLIS = Duration.ofHours(1).toMillis();

    private static final byte[] NO_BODY = new byte[0];

    private final ResponseCache store;
    private final GatewayClock clock;

    public SharedCache(ResponseCache store, GatewayClock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** What a lookup came to. */
    public enum Result {
        /** A fresh response. */
        HIT,
        /** Nothing. */
        MISS,
        /** Other variants of the resource only. */
        VARY_MISS,
        /** A response that is no longer fresh. */
        STALE,
        /** A note that responses under this key cannot be shared: do not wait for somebody else's. */
        UNCACHEABLE,
        /** A note that every backend said it has no such resource. */
        ABSENT
    }

    /**
     * What was found.
     *
     * @param entry the response for {@link Result#HIT} and {@link Result#STALE}, the note for {@link Result#UNCACHEABLE}
     *     and {@link Result#ABSENT}; else null
     */
    public record Lookup(Result result, @Nullable CachedResponse entry) {
        static final Lookup MISS = new Lookup(Result.MISS, null);
        static final Lookup VARY_MISS = new Lookup(Result.VARY_MISS, null);
    }

    /** What is stored for {@code forwarded} under {@code key}, or under the key of the variant that it prefers. */
    public CompletionStage<Lookup> lookup(CacheKey key, GatewayRequest forwarded) {
        CompletionStage<Optional<CachedResponse>> found = store.lookup(key);
        return isDone(found)
                ? found(key, forwarded, valueOf(found))
                : found.thenCompose(entry -> found(key, forwarded, entry));
    }

    /**
     * Stores a response if it may be shared; if it says that it may not, notes so for two minutes. Nothing happens for
     * requests that go past the cache, and for responses that are merely failures.
     *
     * @param forwarded the request as the backend got it
     * @param requestMillis when it was sent
     * @return whether the response was stored. That it may not be shared is known at once, however slow the store is: only
     *     a stage that is complete with false says so
     */
    public CompletionStage<Boolean> store(
            CachePolicy policy,
            CacheKey key,
            GatewayRequest forwarded,
            GatewayResponse response,
            String backendId,
            long requestMillis) {
        if (CacheRules.useFor(policy, forwarded) == CacheRules.Use.BYPASS) {
            return CompletableFuture.completedFuture(false);
        }
        long now = clock.currentTimeMillis();
        Storing storing = Storing.of(policy, forwarded, response, backendId, requestMillis, now);
        CachedResponse entry = storing.entry();
        if (entry == null) {
            if (storing.lasting()) {
                store.lookup(key).thenCompose(before -> noteUncacheable(key, forwarded, backendId, now, before));
            }
            return CompletableFuture.completedFuture(false);
        }
        List<String> vary = Variants.names(entry.headers());
        return vary.isEmpty()
                ? store.store(key, entry).thenApply(stored -> true)
                : store.lookup(key).thenCompose(before -> storeVariant(key, forwarded, entry, vary, before));
    }

    /** Notes that every backend said it has no such resource, for {@code ttl}; does nothing if that is zero. */
    public CompletionStage<@Nullable Void> absent(CacheKey key, Duration ttl) {
        if (ttl.isZero() || ttl.isNegative()) {
            return CompletableFuture.completedFuture(null);
        }
        return store.store(key, note(Kind.ABSENT, Headers.empty(), "", clock.currentTimeMillis(), ttl.toMillis()));
    }

    private CompletionStage<Lookup> found(CacheKey key, GatewayRequest forwarded, Optional<CachedResponse> entry) {
        List<String> vary = varyOf(entry);
        if (vary.isEmpty()) {
            return CompletableFuture.completedFuture(judged(entry, Lookup.MISS));
        }
        CompletionStage<Optional<CachedResponse>> variant = store.lookup(Variants.key(key, vary, forwarded));
        return isDone(variant)
                ? CompletableFuture.completedFuture(judged(valueOf(variant), Lookup.VARY_MISS))
                : variant.thenApply(other -> judged(other, Lookup.VARY_MISS));
    }

    private Lookup judged(Optional<CachedResponse> found, Lookup otherwise) {
        if (found.isEmpty()) {
            return otherwise;
        }
        CachedResponse entry = found.get();
        boolean fresh = CacheRules.fresh(entry, clock.currentTimeMillis());
        return switch (entry.kind()) {
            case RESPONSE -> new Lookup(fresh ? Result.HIT : Result.STALE, entry);
            case UNCACHEABLE -> fresh ? new Lookup(Result.UNCACHEABLE, entry) : otherwise;
            case ABSENT -> fresh ? new Lookup(Result.ABSENT, entry) : otherwise;
            case VARIANTS, PART -> otherwise; // one that names no field, or one where a variant should be
        };
    }

    /** The variant first, then the signpost to it: nobody is sent to where there is nothing yet. */
    private CompletionStage<Boolean> storeVariant(
            CacheKey key,
            GatewayRequest forwarded,
            CachedResponse entry,
            List<String> vary,
            Optional<CachedResponse> before) {
        List<String> known = varyOf(before);
        List<String> union = known.isEmpty() ? vary : Variants.union(known, vary);
        CachedResponse signpost = note(
                Kind.VARIANTS,
                Headers.of("Vary", String.join(",", union)),
                entry.backend(),
                entry.receivedMillis(),
                Math.max(entry.keepMillis(), SIGNPOST_MILLIS));
        return store.store(Variants.key(key, union, forwarded), entry)
                .thenCompose(stored -> store.store(key, signpost))
                .thenApply(stored -> true);
    }

    /** In place of one variant where there are several; not again while there is a note that is young. */
    private CompletionStage<@Nullable Void> noteUncacheable(
            CacheKey key, GatewayRequest forwarded, String backendId, long now, Optional<CachedResponse> before) {
        long millis = UNCACHEABLE_TTL.toMillis();
        boolean noted = before.filter(entry ->
                        entry.kind() == Kind.UNCACHEABLE && CacheRules.ttlSeconds(entry, now) * 1000 > millis / 2)
                .isPresent();
        if (noted) {
            return CompletableFuture.completedFuture(null);
        }
        List<String> vary = varyOf(before);
        CacheKey place = vary.isEmpty() ? key : Variants.key(key, vary, forwarded);
        return store.store(place, note(Kind.UNCACHEABLE, Headers.empty(), backendId, now, millis));
    }

    /** The fields that a signpost names; empty if this is none. */
    private static List<String> varyOf(Optional<CachedResponse> entry) {
        boolean signpost = entry.isPresent() && entry.get().kind() == Kind.VARIANTS;
        return signpost ? Variants.names(entry.get().headers()) : List.of();
    }

    private static CachedResponse note(Kind kind, Headers headers, String backend, long now, long millis) {
        return new CachedResponse(kind, 0, headers, NO_BODY, backend, now, 0, millis, millis);
    }

    private static boolean isDone(CompletionStage<?> stage) {
        return stage instanceof CompletableFuture<?> future && future.isDone() && !future.isCompletedExceptionally();
    }

    private static <T> T valueOf(CompletionStage<T> done) {
        return done.toCompletableFuture().join();
    }
}
