package dev.fanoutgateway.redis;

import dev.fanoutgateway.spi.PurgeChannel;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.ResponseCache;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Redis (6.2 or later, or Valkey) and what it stores: limits, responses, keys. Safe for use by any
 * thread; make one and share it. Close it when the gateways that use it have stopped.
 *
 * <p>Redis never holds a request up. Without a connection a command fails at once. Without an answer it fails within the
 * timeout (100 ms); after five such failures in a row all commands fail at once, while a probe every 200 ms finds out
 * whether Redis answers again, and after five unanswered probes the connection is made anew, which also finds a new master.
 * Lost connections are restored in the background, at least every half second. Nothing is queued meanwhile, and nothing is
 * sent twice when the connection returns. A decision that is not answered in time may still have been counted.
 *
 * <p>Stages complete on the store's executor, never on a thread of the connection.
 */
public final class RedisStore implements AutoCloseable {
    private final Link link;
    private final @Nullable ExecutorService ownExecutor;
    private final RedisRateLimiter rateLimiter;
    private final RedisPurges purges;
    private final RedisResponseCache responseCache;
    private final RedisKeys keys;

    RedisStore(Link link, @Nullable ExecutorService ownExecutor, String prefix, long maxEntryBytes) {
        this.link = link;
        this.ownExecutor = ownExecutor;
        this.rateLimiter = new RedisRateLimiter(link, prefix);
        this.purges = new RedisPurges(link, prefix);
        this.responseCache =
                new RedisResponseCache(link, prefix, maxEntryBytes, purges::areKnown, System::currentTimeMillis);
        this.keys = new RedisKeys(link, prefix, System::currentTimeMillis);
    }

    /**
     * Whether {@link #connect} can read {@code uri}: with one server, but for Sentinels, with a port that there is, if any,
     * and options that Lettuce knows ({@code timeout}, {@code database}, {@code clientName}, {@code verifyPeer}, ...) with
     * values that these may have.
     */
    public static boolean isUri(String uri) {
        return RedisUris.read(uri) != null;
    }

    /**
     * Connects with the defaults of {@link RedisStoreBuilder}; see {@link RedisStoreBuilder#connect}.
     *
     * @param uris one of {@code redis://[user:password@]host[:port][/database]}, {@code rediss://} (TLS) or
     *     {@code redis-sentinel://[:password@]host[:port][,host...][/database]#master}, or several nodes of one cluster
     * @throws IllegalArgumentException if a URI cannot be read; see {@link #isUri}
     */
    public static RedisStore connect(String... uris) {
        return builder().connect(uris);
    }

    /** Options with their defaults. */
    public static RedisStoreBuilder builder() {
        return new RedisStoreBuilder();
    }

    /** A limiter that all gateways on this Redis share. */
    public RateLimiter rateLimiter() {
        return rateLimiter;
    }

    /** A cache that all gateways on this Redis share. */
    public ResponseCache responseCache() {
        return responseCache;
    }

    /**
     * Purges for {@link #responseCache}, by whichever gateway on this Redis. A gateway that uses it is served nothing from
     * that cache while it may not know of every purge: when it starts, and after Redis was away.
     */
    public PurgeChannel purges() {
        return purges;
    }

    /** The keys in this Redis. */
    public RedisKeys keys() {
        return keys;
    }

    /** Ends the connection and every thread of it, within about two seconds. Commands fail at once from here on. */
    @Override
    public void close() {
        link.close();
        if (ownExecutor != null) {
            ownExecutor.shutdown();
        }
    }

    Link link() {
        return link;
    }

    Rehearsal rehearsal() {
        return new Rehearsal(rateLimiter, responseCache);
    }

    /** The address and whether it is connected; no user, no password. */
    @Override
    public String toString() {
        return "Redis at " + link.address() + (link.isConnected() ? "" : " (not connected)");
    }
}
