package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What is stored under a key whose responses vary: by which fields of the request, and under which keys the variants are
 * (RFC 9111 section 4.1). Immutable.
 *
 * <p>The variants' keys hold the signpost's generation: once it is removed or begun anew, none of them is found any more,
 * so that one removal invalidates them all. So many variants and no more are kept under one key: then a new generation
 * begins.
 *
 * @param names the fields' names in lower case, in order
 * @param generation in the variants' keys
 * @param variants how many were stored in it, about
 */
record Signpost(List<String> names, long generation, int variants) {
    /** How many variants a key may have. */
    static final int MOST_VARIANTS = 64;

    /** How long it outlives the last variant that was stored. */
    private static final long OUTLIVES_MILLIS = Duration.ofHours(1).toMillis();

    private static final int BYTES = Long.BYTES + Integer.BYTES;

    /** The signpost that is stored; null if {@code entry} is something else. */
    static @Nullable Signpost of(Optional<CachedResponse> entry) {
        if (entry.isEmpty()
                || entry.get().kind() != Kind.VARIANTS
                || entry.get().body().length != BYTES) {
            return null;
        }
        List<String> names = Variants.names(entry.get().headers());
        ByteBuffer body = ByteBuffer.wrap(entry.get().body());
        return names.isEmpty() ? null : new Signpost(names, body.getLong(), body.getInt());
    }

    static Signpost begin(List<String> names) {
        return begin(names, ThreadLocalRandom.current().nextLong());
    }

    static Signpost begin(List<String> names, long generation) {
        return new Signpost(names, generation, 0);
    }

    /** One for responses that vary by {@code other}, too. */
    Signpost naming(List<String> other) {
        List<String> union = Variants.union(names, other);
        return union.equals(names) ? this : begin(union);
    }

    Signpost oneMore() {
        return variants < MOST_VARIANTS
                ? new Signpost(names, generation, variants + 1)
                : begin(names).oneMore();
    }

    /** Where the variant for {@code request} stands. */
    CacheKey place(CacheKey key, GatewayRequest request) {
        return Variants.key(key, names, generation, request);
    }

    CachedResponse entry(CachedResponse variant) {
        long millis = Math.max(variant.keepMillis(), OUTLIVES_MILLIS);
        byte[] body =
                ByteBuffer.allocate(BYTES).putLong(generation).putInt(variants).array();
        Headers vary = Headers.of("Vary", String.join(",", names));
        return new CachedResponse(
                Kind.VARIANTS, 0, vary, body, variant.backend(), variant.receivedMillis(), 0, millis, millis);
    }
}
