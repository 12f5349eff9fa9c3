package dev.fanoutgateway.okhttp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fanoutgateway.spi.Backend;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * A client for each backend: all are one, but for the connections. Backends that nobody calls any more are forgotten; by
 * then the last connection to them is closed.
 */
final class BackendClients {
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final OkHttpClient shared;
    private final int maxIdleConnections;
    private final Duration idleTimeout;
    private final Cache<Place, Client> clients;

    BackendClients(OkHttpClient shared, int maxIdleConnections, Duration idleTimeout) {
        this.shared = shared;
        this.maxIdleConnections = maxIdleConnections;
        this.idleTimeout = idleTimeout;
        this.clients = Caffeine.newBuilder()
                .expireAfterAccess(REMEMBERED.plus(idleTimeout.multipliedBy(2)))
                .executor(Runnable::run)
                .build();
    }

    Client of(Backend backend) {
        return clients.get(new Place(backend.base(), backend.address()), this::client);
    }

    /** Closes every connection without a call. */
    void evictAll() {
        clients.asMap().values().forEach(Client::evictAll);
    }

    int connectionCount() {
        return clients.asMap().values().stream()
                .mapToInt(client -> client.http.connectionPool().connectionCount())
                .sum();
    }

    private Client client(Place place) {
        OkHttpClient.Builder client = shared.newBuilder().connectionPool(pool(OkHttpVersion.found()));
        if (place.address != null) {
            client.dns(new GivenAddress(place.address));
        }
        String base = place.base.toString();
        return new Client(client.build(), HttpUrl.parse(base), place.base.getRawPath());
    }

    /** Looked after once a second where this is an OkHttp that can be told so, after each call by OkHttp otherwise. */
    ConnectionPool pool(String okHttpVersion) {
        if (OkHttpVersion.upkeepWasTriedWith(okHttpVersion)) {
            try {
                return PoolUpkeep.pool(maxIdleConnections, idleTimeout);
            } catch (LinkageError e) {
                // a modular host, where OkHttp's insides are closed to us
            }
        }
        return new ConnectionPool(maxIdleConnections, idleTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * What a backend is called with.
     *
     * @param base where it is; null if that is no URL for OkHttp
     * @param prefix what comes before the path of every request; may be empty
     */
    record Client(OkHttpClient http, @Nullable HttpUrl base, String prefix) {
        void evictAll() {
            http.connectionPool().evictAll();
        }
    }

    private record Place(URI base, @Nullable InetAddress address) {}
}
