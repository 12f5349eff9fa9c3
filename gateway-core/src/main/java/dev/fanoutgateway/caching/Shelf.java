package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.ResponseCache;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where things stand in a store: under their key, or, where responses vary, each variant under a key of its own to which a
 * {@link Signpost} leads (RFC 9111 section 4.1). Safe for use by any thread; complete where the store is.
 */
final class Shelf {
    private final ResponseCache store;
    private final GatewayClock clock;
    private final Beginnings beginnings = new Beginnings();

    Shelf(ResponseCache store, GatewayClock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * What stands there for a request.
     *
     * @param place the key, or that of the variant which the request prefers
     * @param entry null if there is nothing
     * @param variant whether responses are known to vary
     */
    record Found(CacheKey place, @Nullable CachedResponse entry, boolean variant) {}

    <T> CompletionStage<T> find(CacheKey key, GatewayRequest forwarded, Function<Found, T> reading) {
        CompletionStage<Optional<CachedResponse>> found = store.lookup(key);
        return isDone(found)
                ? follow(key, forwarded, valueOf(found), reading)
                : found.thenCompose(entry -> follow(key, forwarded, entry, reading));
    }

    private <T> CompletionStage<T> follow(
            CacheKey key, GatewayRequest forwarded, Optional<CachedResponse> entry, Function<Found, T> reading) {
        Signpost signpost = Signpost.of(entry);
        if (signpost == null) {
            return CompletableFuture.completedFuture(reading.apply(new Found(key, entry.orElse(null), false)));
        }
        CacheKey place = signpost.place(key, forwarded);
        CompletionStage<Optional<CachedResponse>> variant = store.lookup(place);
        return isDone(variant)
                ? CompletableFuture.completedFuture(
                        reading.apply(new Found(place, valueOf(variant).orElse(null), true)))
                : variant.thenApply(other -> reading.apply(new Found(place, other.orElse(null), true)));
    }

    /** Stores a response, with its variant where it varies; a part joins what is there of the same. */
    CompletionStage<@Nullable Void> put(
            CachePolicy policy, CacheKey key, GatewayRequest forwarded, CachedResponse entry) {
        var names = Variants.names(entry.headers());
        if (names.isEmpty() && entry.kind() != Kind.PART) {
            return store.store(key, entry);
        }
        if (names.isEmpty()) {
            return store.lookup(key).thenCompose(before -> store.store(key, joined(policy, before, entry)));
        }
        long generation = beginnings.enter(key); // before it is looked whether there is one
        CompletionStage<@Nullable Void> stored = store.lookup(key).thenCompose(before -> {
            Signpost known = Signpost.of(before);
            Signpost signpost = known == null ? Signpost.begin(names, generation) : known.naming(names);
            return store.lookup(signpost.place(key, forwarded))
                    .thenCompose(variant -> putVariant(
                            key,
                            forwarded,
                            joined(policy, variant, entry),
                            variant.isPresent() ? signpost : signpost.oneMore()));
        });
        return stored.whenComplete((nothing, failure) -> beginnings.leave(key, generation));
    }

    /** Removes what stands under {@code key}, all variants. */
    CompletionStage<@Nullable Void> remove(CacheKey key) {
        beginnings.forget(key);
        return store.invalidate(key);
    }

    /** A part with what is there of the same already. All of a response that is fresh is better than a part of another. */
    private CachedResponse joined(CachePolicy policy, Optional<CachedResponse> before, CachedResponse entry) {
        if (entry.kind() != Kind.PART || before.isEmpty()) {
            return entry;
        }
        CachedResponse stored = before.get();
        CachedResponse combined = Parts.combined(stored, entry);
        CachedResponse dated = combined == entry ? entry : Storing.together(policy, combined);
        CachedResponse joined = dated == null ? entry : dated;
        boolean worse = joined.kind() == Kind.PART && stored.kind() == Kind.RESPONSE;
        return worse && CacheRules.fresh(stored, clock.currentTimeMillis()) ? stored : joined;
    }

    /** The variant first, then the signpost to it: nobody is sent to where there is nothing yet. */
    private CompletionStage<@Nullable Void> putVariant(
            CacheKey key, GatewayRequest forwarded, CachedResponse entry, Signpost signpost) {
        return store.store(signpost.place(key, forwarded), entry)
                .thenCompose(stored -> store.store(key, signpost.entry(entry)));
    }

    /** A note that is about this variant only, where there are several; not again while there is one that is young. */
    CompletionStage<@Nullable Void> note(CacheKey key, GatewayRequest forwarded, CachedResponse note) {
        return find(key, forwarded, found -> found).thenCompose(found -> {
            CachedResponse before = found.entry();
            boolean noted = before != null
                    && before.kind() == note.kind()
                    && CacheRules.ttlSeconds(before, clock.currentTimeMillis()) * 1000 > note.keepMillis() / 2;
            return noted ? CompletableFuture.completedFuture(null) : store.store(found.place(), note);
        });
    }

    private static boolean isDone(CompletionStage<?> stage) {
        return stage instanceof CompletableFuture<?> future && future.isDone() && !future.isCompletedExceptionally();
    }

    private static <T> T valueOf(CompletionStage<T> done) {
        return done.toCompletableFuture().join();
    }
}
