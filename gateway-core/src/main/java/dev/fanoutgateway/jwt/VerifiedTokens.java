package dev.fanoutgateway.jwt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Tokens found good, by their digests: a token that comes with each request of its caller is verified once. Bounded in number;
 * what has expired goes as others come. Safe for use by any thread.
 */
final class VerifiedTokens {
    private final Cache<Digest, Verified> byDigest;

    VerifiedTokens(int most) {
        byDigest =
                Caffeine.newBuilder().maximumSize(most).executor(Runnable::run).build();
    }

    /** What was found of the token of this digest, if it holds still. */
    @Nullable
    Verified find(byte[] sha256, long nowMillis) {
        Digest digest = Digest.of(sha256);
        Verified found = byDigest.getIfPresent(digest);
        if (found == null || found.holdsAt(nowMillis)) {
            return found;
        }
        byDigest.invalidate(digest);
        return null;
    }

    void add(byte[] sha256, Verified verified) {
        byDigest.put(Digest.of(sha256), verified);
    }

    /** All 256 bits, since what is found by them is not looked at again. */
    private record Digest(long a, long b, long c, long d) {
        static Digest of(byte[] sha256) {
            ByteBuffer bytes = ByteBuffer.wrap(sha256);
            return new Digest(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
        }
    }
}
