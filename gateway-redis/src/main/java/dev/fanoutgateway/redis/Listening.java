package dev.fanoutgateway.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Hears a channel of Redis, by a connection of its own that comes back by itself. What is said while it is cut off is
 * lost; whenever it hears again, that counts as a message.
 */
final class Listening implements AutoCloseable {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Connector connector;
    private final Function<Duration, ? extends CompletionStage<?>> pause;
    private final byte[] channel;
    private final Runnable heard;
    private @Nullable StatefulRedisPubSubConnection<byte[], byte[]> connection;
    private boolean closed;

    Listening(
            Connector connector,
            Function<Duration, ? extends CompletionStage<?>> pause,
            byte[] channel,
            Runnable heard) {
        this.connector = connector;
        this.pause = pause;
        this.channel = channel;
        this.heard = heard;
    }

    /** Connects, and goes on until it has or is closed. */
    Listening start() {
        connector.connectToListen().whenComplete((connected, failure) -> {
            if (failure != null || connected == null) {
                retry();
            } else if (taken(connected)) {
                subscribe(connected);
            } else {
                connected.closeAsync();
            }
        });
        return this;
    }

    private void subscribe(StatefulRedisPubSubConnection<byte[], byte[]> connected) {
        connected.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] from, byte[] message) {
                heard.run();
            }

            @Override
            public void subscribed(byte[] to, long count) {
                heard.run();
            }
        });
        connected.async().subscribe(channel).whenComplete((nothing, failure) -> {
            if (failure != null) {
                connected.closeAsync();
                retry();
            }
        });
    }

    private void retry() {
        if (!isClosed()) {
            pause.apply(RETRY).thenRun(this::start); // it fails when all is closed
        }
    }

    private synchronized boolean taken(StatefulRedisPubSubConnection<byte[], byte[]> connected) {
        connection = connected;
        return !closed;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        StatefulRedisPubSubConnection<byte[], byte[]> open;
        synchronized (this) {
            closed = true;
            open = connection;
        }
        if (open != null) {
            open.closeAsync();
        }
    }
}
