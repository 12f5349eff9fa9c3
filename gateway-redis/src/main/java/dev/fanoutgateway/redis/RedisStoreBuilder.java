package dev.fanoutgateway.redis;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Options of a {@link RedisStore}. Not safe for use by several threads. */
public final class RedisStoreBuilder {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);

    private static final int MOST_DIRECT_CONNECTIONS = 1_000;

    private Duration timeout = Duration.ofMillis(100);
    private String keyPrefix = "fg:";
    private long maxEntryBytes = 8L << 20;
    private boolean cluster;
    private @Nullable Executor executor;
    private int directConnections = 16;

    RedisStoreBuilder() {}

    /** How long a command may take, 1 ms to 1 minute; 100 ms by default. A {@code timeout} in the URI is not heeded. */
    public RedisStoreBuilder timeout(Duration timeout) {
        if (timeout.toMillis() < 1 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("expected a timeout of 1ms to 1m, got " + timeout);
        }
        this.timeout = timeout;
        return this;
    }

    /**
     * What every key begins with, {@code fg:} by default; gateways that share limits, responses and keys have the same.
     *
     * @throws IllegalArgumentException if it has a brace: the braces of a key tell a cluster's node
     */
    public RedisStoreBuilder keyPrefix(String keyPrefix) {
        if (keyPrefix.indexOf('{') >= 0 || keyPrefix.indexOf('}') >= 0) {
            throw new IllegalArgumentException("expected a key prefix without braces, got " + keyPrefix);
        }
        this.keyPrefix = keyPrefix;
        return this;
    }

    /** The largest response to store, in bytes, at least 1; 8 MiB by default. */
    public RedisStoreBuilder maxEntryBytes(long maxEntryBytes) {
        if (maxEntryBytes < 1 || maxEntryBytes > Integer.MAX_VALUE / 4) {
            throw new IllegalArgumentException(
                    "expected a largest entry of 1 to " + Integer.MAX_VALUE / 4 + " bytes, got " + maxEntryBytes);
        }
        this.maxEntryBytes = maxEntryBytes;
        return this;
    }

    /**
     * Completes the stages that the store gives. By default virtual threads, or, before Java 21, a few daemon threads that
     * end with the store. One that is given is not shut down. {@code Runnable::run} spares a change of threads where the
     * gateway alone uses the store, since it goes on on threads of its own; anything else that is attached to a stage then
     * runs on the connection's thread, and must not block it.
     */
    public RedisStoreBuilder executor(Executor executor) {
        this.executor = executor;
        return this;
    }

    /**
     * How many connections there are at most on which a thread that may be held up asks for its limits by itself, 0 to
     * 1,000; 16 by default, 0 for none. That costs less CPU time than asking on the shared connection, which serves whoever
     * finds none of them free. They are opened in the background as they are needed. Only with Jedis on the class path, and
     * only for a single server ({@code redis://} or {@code rediss://}).
     */
    public RedisStoreBuilder directConnections(int directConnections) {
        if (directConnections < 0 || directConnections > MOST_DIRECT_CONNECTIONS) {
            throw new IllegalArgumentException(
                    "expected 0 to " + MOST_DIRECT_CONNECTIONS + " direct connections, got " + directConnections);
        }
        this.directConnections = directConnections;
        return this;
    }

    /** Takes a single URI for a node of a cluster; several always are. */
    public RedisStoreBuilder cluster() {
        this.cluster = true;
        return this;
    }

    /**
     * Connects, in the background if need be: returns after two seconds at the latest, connected or not, and goes on to try
     * until it is closed. Once connected it asks for a decision and an answer that nobody needs, so that Redis knows the
     * scripts and the first request finds everything loaded.
     *
     * @param uris see {@link RedisStore#connect}
     * @throws IllegalArgumentException if a URI cannot be read; its text is not in the message, since it may hold a password
     */
    public RedisStore connect(String... uris) {
        List<RedisURI> parsed = parse(uris);
        String address = parsed.stream().map(RedisStoreBuilder::address).collect(Collectors.joining(","));
        Connector connector = Connector.to(parsed, cluster || uris.length > 1, timeout, CONNECT_TIMEOUT);
        ExecutorService own = executor == null ? CompletionExecutor.create() : null;
        DirectLines direct = uris.length > 1 || cluster ? null : direct(parsed.get(0), connector);
        Link link = new Link(connector, direct, own == null ? chosen() : own, address);
        RedisStore store = new RedisStore(link, own, keyPrefix, maxEntryBytes);
        link.open(PATIENCE, store.rehearsal()::begin);
        return store;
    }

    private @Nullable DirectLines direct(RedisURI uri, Connector connector) {
        if (directConnections == 0) {
            return null;
        }
        DirectLine.Opener opener;
        try {
            opener = JedisLine.opener(uri, timeout, CONNECT_TIMEOUT);
        } catch (LinkageError noJedis) {
            return null;
        }
        if (opener == null) {
            return null;
        }
        DirectLines direct = new DirectLines(opener, directConnections, System::nanoTime);
        connector.onDisconnect(direct::forget);
        return direct;
    }

    private Executor chosen() {
        return executor == null ? Runnable::run : executor;
    }

    private List<RedisURI> parse(String[] uris) {
        if (uris.length == 0) {
            throw new IllegalArgumentException("expected a Redis URI, got none");
        }
        List<RedisURI> parsed = new ArrayList<>();
        for (int i = 0; i < uris.length; i++) {
            RedisURI uri = parse(uris[i], i + 1);
            if (!uri.getSentinels().isEmpty() && (cluster || uris.length > 1)) {
                throw new IllegalArgumentException("expected redis:// or rediss:// for the nodes of a cluster, number "
                        + (i + 1) + " is a Sentinel");
            }
            if (uri.isSsl() != (parsed.isEmpty() ? uri : parsed.get(0)).isSsl()) {
                throw new IllegalArgumentException("expected all nodes of a cluster with TLS or all without, number "
                        + (i + 1) + " is not as the first");
            }
            parsed.add(uri);
        }
        return parsed;
    }

    private static RedisURI parse(String uri, int number) {
        RedisURI parsed = RedisUris.read(uri);
        if (parsed == null && RedisUris.namesTooMany(uri)) {
            throw new IllegalArgumentException(
                    "expected one server in a redis:// or rediss:// URI (those of a cluster are"
                            + " several URIs), number " + number + " names several");
        }
        if (parsed == null) {
            throw new IllegalArgumentException(
                    "expected a Redis URI such as redis://127.0.0.1:6379, rediss://... or redis-sentinel://...#master, "
                            + "number " + number + " is none");
        }
        return parsed;
    }

    private static String address(RedisURI uri) {
        return uri.getSentinels().isEmpty()
                ? uri.getHost() + ":" + uri.getPort()
                : uri.getSentinelMasterId()
                        + uri.getSentinels().stream()
                                .map(sentinel -> sentinel.getHost() + ":" + sentinel.getPort())
                                .collect(Collectors.joining(",", " (Sentinel ", ")"));
    }
}
