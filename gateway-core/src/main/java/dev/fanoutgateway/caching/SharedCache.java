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

    private static final byte[] NO_BODY = new byte[0];

    private final ResponseCache store;
    private final Shelf shelf;
    private final InvalidationLog invalidations;
    private final GatewayClock clock;

    /** A cache for which nothing is ever invalidated by requests. */
    public SharedCache(ResponseCache store, GatewayClock clock) {
        this(store, clock, new InvalidationLog(clock));
    }

    public SharedCache(ResponseCache store, GatewayClock clock, InvalidationLog invalidations) {
        this.invalidations = invalidations;
        this.store = store;
        this.shelf = new Shelf(store, clock);
        this.clock = clock;
    }

    /** What a lookup came to. */
    public enum Result {
        /** A fresh response. */
        HIT,
        /** A stale response that the client takes, since it says so. */
        STALE_HIT,
        /** A stale response that may be given while the backends are asked for a better one. */
        STALE_MEANWHILE,
        /** Nothing. */
        MISS,
        /** A response that is not meant for this client. */
        OTHERS,
        /** Other variants of the resource only. */
        VARY_MISS,
        /** Some of it, but not all that is asked for. */
        PARTIAL,
        /** A response that is no longer fresh. */
        STALE,
        /** A response or a note that would do, but the client wants the backends to be asked. */
        REQUEST,
        /** A note that responses under this key cannot be shared: do not wait for somebody else's. */
        UNCACHEABLE,
        /** A note that every backend said it has no such resource. */
        ABSENT
    }

    /**
     * What was found.
     *
     * @param entry what is stored, where it is of use: to be given, validated, or given for want of a better one; null if
     *     there is nothing
     * @param place where it is stored, or will be: the key, or that of the variant which the request prefers
     */
    public record Lookup(Result result, @Nullable CachedResponse entry, CacheKey place) {
        /** A response to validate, or to give for want of a better one. */
        public @Nullable CachedResponse response() {
            return entry != null && entry.kind() == Kind.RESPONSE ? entry : null;
        }
    }

    /** What is stored for {@code forwarded} under {@code key}, or under the key of the variant that it prefers. */
    public CompletionStage<Lookup> lookup(CachePolicy policy, CacheKey key, GatewayRequest forwarded) {
        return lookup(policy, key, CacheRequest.of(policy, forwarded));
    }

    /** What is stored for {@code request} under {@code key}, or under the key of the variant that it prefers. */
    public CompletionStage<Lookup> lookup(CachePolicy policy, CacheKey key, CacheRequest request) {
        return shelf.find(key, request.forwarded(), found -> judged(policy, key, request, found));
    }

    private Lookup judged(CachePolicy policy, CacheKey key, CacheRequest request, Shelf.Found found) {
        Result otherwise = found.variant() ? Result.VARY_MISS : Result.MISS;
        CacheKey place = found.place();
        CachedResponse entry = found.entry();
        if (entry == null || invalidations.covers(key, entry)) {
            return new Lookup(otherwise, null, place);
        }
        long now = clock.currentTimeMillis();
        RequestFields fields = request.fields();
        if (entry.kind() == Kind.RESPONSE) {
            return switch (Reuse.of(policy, fields, entry, now)) {
                case FRESH -> new Lookup(Result.HIT, entry, place);
                case STALE -> new Lookup(Result.STALE_HIT, entry, place);
                case STALE_MEANWHILE -> new Lookup(Result.STALE_MEANWHILE, entry, place);
                case VALIDATE_STALE -> new Lookup(Result.STALE, entry, place);
                case VALIDATE_REQUEST -> new Lookup(Result.REQUEST, entry, place);
                case NONE -> new Lookup(Result.OTHERS, null, place);
            };
        }
        if (!CacheRules.fresh(entry, now)) {
            return new Lookup(otherwise, null, place);
        }
        return switch (entry.kind()) {
            case UNCACHEABLE -> new Lookup(Result.UNCACHEABLE, entry, place);
            case ABSENT ->
                fields.credentialed() // who has more rights may see more
                        ? new Lookup(Result.OTHERS, null, place)
                        : new Lookup(young(entry, fields, now) ? Result.ABSENT : Result.REQUEST, entry, place);
            case PART ->
                Reuse.of(policy, fields, entry, now) == Reuse.FRESH
                                && Parts.answer(entry, request.forwarded(), CacheRules.ageSeconds(entry, now))
                                        .isPresent()
                        ? new Lookup(Result.HIT, entry, place)
                        : new Lookup(Result.PARTIAL, null, place);
            case RESPONSE, VARIANTS -> new Lookup(otherwise, null, place); // a signpost where a variant should be
        };
    }

    /** Whether a note is as young as the client wants it. */
    private static boolean young(CachedResponse note, RequestFields fields, long nowMillis) {
        long most = fields.directives().maxAge();
        return !fields.validate()
                && (most == Directives.ABSENT || CacheRules.ageMillis(note, nowMillis) <= most * 1000);
    }

    /**
     * Stores a response if it may be shared; if it says that it may not, notes so for two minutes. Nothing happens for
     * requests that go past the cache, and for responses that are merely failures.
     *
     * @param forwarded the request as the backend got it, but for conditions of ours
     * @param requestMillis when it was sent
     * @return the entry as it was stored, at once, however slow the store is, and what becomes of storing it
     */
    public Stored store(
            CachePolicy policy,
            CacheKey key,
            GatewayRequest forwarded,
            GatewayResponse response,
            String backendId,
            long requestMillis) {
        if (CacheRules.useFor(policy, forwarded) != CacheRules.Use.LOOKUP) {
            return Stored.NOTHING;
        }
        long now = clock.currentTimeMillis();
        Storing storing = Storing.of(policy, forwarded, response, backendId, requestMillis, now);
        CachedResponse entry = storing.entry();
        if (entry != null) {
            return kept(policy, key, forwarded, entry);
        }
        if (storing.lasting()) {
            CachedResponse note = note(Kind.UNCACHEABLE, backendId, now, UNCACHEABLE_TTL.toMillis());
            return new Stored(null, false, shelf.note(key, forwarded, note));
        }
        return Stored.NOTHING;
    }

    /**
     * What came of storing.
     *
     * @param entry the response as it may be given to others; null if it may not
     * @param taken whether the store has it, or will have it, as far as is known by now
     * @param done complete when it is in the store, or the store has failed
     */
    public record Stored(@Nullable CachedResponse entry, boolean taken, CompletionStage<@Nullable Void> done) {
        static final Stored NOTHING = new Stored(null, false, CompletableFuture.completedFuture(null));
    }

    private Stored kept(CachePolicy policy, CacheKey key, GatewayRequest forwarded, CachedResponse entry) {
        boolean taken = store.takes(key, entry);
        return new Stored(entry, taken, shelf.put(policy, key, forwarded, entry));
    }

    /**
     * The stored response as a 304 has confirmed it (RFC 9111 section 4.3.4), stored anew; empty if the 304 is about
     * another one, and the backends must be asked for all of it.
     */
    public Optional<Stored> confirmed(
            CachePolicy policy,
            CacheKey key,
            GatewayRequest forwarded,
            CachedResponse entry,
            GatewayResponse notModified,
            String backendId,
            long requestMillis) {
        if (!Validators.confirms(notModified.headers(), entry)) {
            return Optional.empty();
        }
        long now = clock.currentTimeMillis();
        GatewayResponse updated = Freshening.updated(entry, notModified.headers());
        Storing storing = Storing.of(policy, forwarded, updated, backendId, requestMillis, now);
        CachedResponse fresh = storing.entry();
        if (fresh != null) {
            return Optional.of(kept(policy, key, forwarded, fresh));
        }
        CachedResponse once = new CachedResponse(
                Kind.RESPONSE,
                entry.status(),
                StoredFields.of(updated, Directives.NONE, now),
                entry.body(),
                backendId,
                now,
                0,
                0,
                0);
        return Optional.of(new Stored(once, false, invalidate(key)));
    }

    /** What a 200 to HEAD says of a stored response: the same with other fields, or no longer the same (section 4.3.5). */
    public CompletionStage<@Nullable Void> headed(
            CachePolicy policy,
            CacheKey key,
            GatewayRequest forwarded,
            CachedResponse entry,
            GatewayResponse head,
            long requestMillis) {
        if (head.status() != entry.status() || !Validators.sameRepresentation(head.headers(), entry)) {
            return head.status() == entry.status()
                    ? invalidate(key)
                    : CompletableFuture.completedFuture(null); // an error of the moment says nothing of what was
        }
        GatewayResponse updated = Freshening.updated(entry, head.headers());
        GatewayRequest asGet = forwarded.withMethod("GET");
        CachedResponse fresh = Storing.of(
                        policy, asGet, updated, entry.backend(), requestMillis, clock.currentTimeMillis())
                .entry();
        return fresh == null ? invalidate(key) : shelf.put(policy, key, asGet, fresh);
    }

    /** Removes what is stored under {@code key}, all variants (RFC 9111 section 4.4). */
    public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
        return shelf.remove(key);
    }

    /** Notes that every backend said it has no such resource, for {@code ttl}; does nothing if that is zero. */
    public CompletionStage<@Nullable Void> absent(CacheKey key, Duration ttl) {
        if (ttl.isZero() || ttl.isNegative()) {
            return CompletableFuture.completedFuture(null);
        }
        return store.store(key, note(Kind.ABSENT, "", clock.currentTimeMillis(), ttl.toMillis()));
    }

    private static CachedResponse note(Kind kind, String backend, long now, long millis) {
        return new CachedResponse(kind, 0, Headers.empty(), NO_BODY, backend, now, 0, millis, millis);
    }
}
