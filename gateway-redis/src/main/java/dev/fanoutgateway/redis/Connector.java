package dev.fanoutgateway.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Makes connections to one Redis, master behind Sentinel, or cluster, with the options that keep Lettuce from waiting. */
final class Connector {
    /** A connection that restores itself as long as the server's address holds. */
    record Session(StatefulConnection<byte[], byte[]> connection, RedisClusterAsyncCommands<byte[], byte[]> commands) {
        Session(StatefulRedisConnection<byte[], byte[]> connection) {
            this(connection, connection.async());
        }

        Session(StatefulRedisClusterConnection<byte[], byte[]> connection) {
            this(connection, connection.async());
        }
    }

    /** Beyond these a server that hangs would have us collect commands that nobody waits for any more. */
    private static final int MAX_COMMANDS_IN_FLIGHT = 16_384;

    /** With Sentinel or a cluster an attempt takes several connections. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(10);

    private static final Duration RECONNECT_AT_LEAST_EVERY = Duration.ofMillis(500);

    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final Supplier<CompletionStage<Session>> connect;
    private final Supplier<? extends CompletionStage<? extends StatefulRedisPubSubConnection<byte[], byte[]>>> listen;

    private Connector(
            ClientResources resources,
            AbstractRedisClient client,
            Supplier<CompletionStage<Session>> connect,
            Supplier<? extends CompletionStage<? extends StatefulRedisPubSubConnection<byte[], byte[]>>> listen) {
        this.resources = resources;
        this.client = client;
        this.connect = connect;
        this.listen = listen;
    }

    static Connector to(List<RedisURI> uris, boolean cluster, Duration timeout, Duration connectTimeout) {
        uris.forEach(uri -> patient(uri, connectTimeout));
        ClientResources resources = resources();
        ClientOptions options = options(timeout, connectTimeout);
        if (cluster) {
            RedisClusterClient client = RedisClusterClient.create(resources, uris);
            client.setOptions(ClusterClientOptions.builder(options)
                    .topologyRefreshOptions(topology())
                    .build());
            return new Connector(
                    resources,
                    client,
                    () -> client.refreshPartitionsAsync()
                            .thenCompose(known -> client.connectAsync(ByteArrayCodec.INSTANCE))
                            .thenCompose(Connector::toEachMaster)
                            .thenApply(Session::new),
                    () -> client.refreshPartitionsAsync()
                            .thenCompose(known -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE)));
        }
        RedisClient client = RedisClient.create(resources);
        client.setOptions(options);
        return new Connector(
                resources,
                client,
                () -> client.connectAsync(ByteArrayCodec.INSTANCE, uris.get(0)).thenApply(Session::new),
                () -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uris.get(0)));
    }

    /**
     * Lettuce connects to a cluster's node when the first command goes there, and rejects what comes meanwhile. A node that
     * cannot be reached now is left to that.
     */
    private static CompletionStage<StatefulRedisClusterConnection<byte[], byte[]>> toEachMaster(
            StatefulRedisClusterConnection<byte[], byte[]> connection) {
        CompletableFuture<?>[] connected = connection.getPartitions().stream()
                .filter(node -> node.getRole().isUpstream() && !node.getSlots().isEmpty())
                .map(RedisClusterNode::getUri)
                .map(uri -> connection.getConnectionAsync(uri.getHost(), uri.getPort()))
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(connected).handle((all, failure) -> connection);
    }

    /** A new connection that hears what is published, or a failure. */
    CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> connectToListen() {
        try {
            return listen.get()
                    .<StatefulRedisPubSubConnection<byte[], byte[]>>thenApply(connection -> connection)
                    .toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A new connection, or a failure after at most {@link #LONGEST_ATTEMPT}; one that comes later is closed. */
    CompletableFuture<Session> connect() {
        CompletableFuture<Session> attempt;
        try {
            attempt = connect.get().toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Session> inTime = attempt.copy().orTimeout(LONGEST_ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
        attempt.thenAccept(session -> {
            if (inTime.isCompletedExceptionally()) {
                session.connection().closeAsync();
            }
        });
        return inTime;
    }

    /** Runs {@code lost} when a connection is lost; it must not block. */
    void onDisconnect(Runnable lost) {
        client.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                lost.run();
            }
        });
    }

    void schedule(Duration delay, Runnable task) {
        resources.eventExecutorGroup().schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends every thread; waits for them for two seconds at most. */
    void close() {
        try {
            client.shutdownAsync(0, 1, TimeUnit.SECONDS).get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            // a connection that does not close in time is dropped with its threads below
        }
        resources.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }

    /** How long the handshake may take; how long commands may take is set in {@link #options}. */
    private static void patient(RedisURI uri, Duration connectTimeout) {
        uri.setTimeout(connectTimeout);
        uri.getSentinels().forEach(sentinel -> sentinel.setTimeout(connectTimeout));
    }

    private static ClientResources resources() {
        return DefaultClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .reconnectDelay(() ->
                        Delay.fullJitter(Duration.ofMillis(5), RECONNECT_AT_LEAST_EVERY, 10, TimeUnit.MILLISECONDS))
                .build();
    }

    /** Commands fail when there is no connection or no answer; nothing is queued for later, nothing is sent twice. */
    private static ClientOptions options(Duration timeout, Duration connectTimeout) {
        return ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled(timeout))
                .replayFilter(command -> true)
                .requestQueueSize(MAX_COMMANDS_IN_FLIGHT)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(connectTimeout)
                        .keepAlive(true)
                        .build())
                .build();
    }

    private static ClusterTopologyRefreshOptions topology() {
        return ClusterTopologyRefreshOptions.builder()
                .enablePeriodicRefresh(Duration.ofSeconds(30))
                .enableAllAdaptiveRefreshTriggers()
                .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                .build();
    }
}
