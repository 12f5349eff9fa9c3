package dev.fanoutgateway.redis;

import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.ResponseCache;
import io.lettuce.core.SetArgs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Responses that gateways share. Each stands under {@code cache:} and the SHA-256 of its {@link CacheKey} and expires with
 * its {@code keepMillis}. A value that cannot be read is a miss; one larger than the store's bound is not stored. Safe for
 * use by any thread.
 */
final class RedisResponseCache implements ResponseCache {
    private static final long LONGEST_MILLIS = Duration.ofDays(3660).toMillis();

    private final Link link;
    private final String prefix;
    private final long maxEntryBytes;
    private final BooleanSupplier trusted;
    private final LongSupplier currentTimeMillis;

    /** @param trusted whether what is stored may be served; else there is nothing */
    RedisResponseCache(
            Link link, String prefix, long maxEntryBytes, BooleanSupplier trusted, LongSupplier currentTimeMillis) {
        this.link = link;
        this.prefix = prefix;
        this.maxEntryBytes = maxEntryBytes;
        this.trusted = trusted;
        this.currentTimeMillis = currentTimeMillis;
    }

    @Override
    public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
        byte[] name = name(key);
        boolean before = trusted.getAsBoolean(); // asked all the same: whether Redis answers is to be known
        return link.<byte @Nullable []>send("cache lookup", redis -> redis.get(name))
                .thenApply(value -> before ? decode(value) : Optional.<CachedResponse>empty())
                .exceptionallyCompose(RedisResponseCache::missIfMalformed);
    }

    @Override
    public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
        byte[] name = name(key);
        long keepMillis = keepMillis(response);
        if (keepMillis <= 0 || tooLarge(response)) {
            return invalidate(key); // what it was to replace must not outlive it
        }
        byte[] value = ResponseCodec.encode(response);
        return link.send("cache store", redis -> redis.set(name, value, SetArgs.Builder.px(keepMillis)))
                .thenApply(ok -> null);
    }

    /** False while Redis is known to be away, too. */
    @Override
    public boolean takes(CacheKey key, CachedResponse response) {
        return keepMillis(response) > 0 && !tooLarge(response) && link.isConnected();
    }

    @Override
    public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
        byte[] name = name(key);
        return link.send("cache invalidation", redis -> redis.del(name)).thenApply(count -> null);
    }

    private boolean tooLarge(CachedResponse response) {
        return response.weight() > maxEntryBytes;
    }

    private Optional<CachedResponse> decode(byte @Nullable [] value) {
        return value == null || value.length > 2 * maxEntryBytes
                ? Optional.empty()
                : ResponseCodec.decode(value).filter(response -> keepMillis(response) > 0);
    }

    /** An error that Redis answers a GET with says that the key holds something else; anything further is a failure. */
    private static CompletionStage<Optional<CachedResponse>> missIfMalformed(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause instanceof RedisErrorException error && error.isWrongType()
                ? CompletableFuture.completedFuture(Optional.empty())
                : CompletableFuture.failedFuture(cause);
    }

    /** How much longer it is to be kept; one from a gateway whose clock is ahead is taken for fresh. */
    private long keepMillis(CachedResponse response) {
        long age = Math.max(0, currentTimeMillis.getAsLong() - response.receivedMillis());
        return Math.min(response.keepMillis(), LONGEST_MILLIS) - age;
    }

    private byte[] name(CacheKey key) {
        return (prefix + "cache:" + HexFormat.of().formatHex(KeyCredential.sha256Of(key.value())))
                .getBytes(StandardCharsets.UTF_8);
    }
}
