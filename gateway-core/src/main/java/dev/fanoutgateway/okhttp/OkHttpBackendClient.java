package dev.fanoutgateway.okhttp;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Authenticator;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The network by OkHttp 5: blocking calls on the executor they are started with, HTTP/1.1 and, over TLS or if a backend is
 * known to have it, HTTP/2; connections of its own for each backend. Safe for use by any thread.
 *
 * <p>Everything that OkHttp would do on its own is off: redirects, retries (408, 503 and failed connections alike), cookies,
 * its cache, authentication, proxies, content decoding, and its limit of calls per host. A pooled connection that the
 * backend has closed is not used. One repetition is kept, for at most one call in a hundred and a few at once: a safe request
 * whose pooled connection is closed by the backend while it is sent goes once more to the same backend, since that says
 * nothing about the backend.
 *
 * <p>What is sent: the request's target after the backend's base, as it is, save that OkHttp percent-encodes {@code "<>^`{|}}
 * in a path, {@code "'<>} in a query, and everything that is not ASCII. A target that it would rewrite further (dot
 * segments, backslashes, control characters, {@code #}) is refused. All fields are sent but the hop-by-hop ones (RFC 9110
 * section 7.6.1), {@code Host}, {@code Expect} and {@code Content-Length}, which belong to this connection. The content of
 * GET, HEAD and TRACE is not sent: it has no meaning (RFC 9110 section 9.3.1), and OkHttp refuses it.
 *
 * <p>What is no answer by RFC 9112, or is followed by more than the answer, fails as {@link Failure#BROKEN}, and its connection
 * is not used again.
 */
public final class OkHttpBackendClient implements BackendClient {
    private final OkHttpClient client;
    private final BackendClients clients;
    private final long streamIdleNanos;
    private final Set<ContentStream> streams = ConcurrentHashMap.newKeySet();
    private final Repeats repeats = new Repeats();
    private volatile boolean closed;

    private OkHttpBackendClient(Builder builder) {
        OkHttpVersion.requireFive();
        this.streamIdleNanos = builder.streamIdleTimeout.toNanos();
        OkHttpClient usual = new OkHttpClient();
        OkHttpClient.Builder base = (builder.base == null ? usual : builder.base).newBuilder();
        if (builder.sockets != null && builder.trust != null) {
            base.sslSocketFactory(builder.sockets, builder.trust).hostnameVerifier(usual.hostnameVerifier());
        }
        if (builder.priorKnowledge) {
            base.protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        }
        this.client = watched(base.build())
                .dispatcher(new Dispatcher())
                .eventListenerFactory(
                        new ProgressListeners(builder.base == null ? null : builder.base.eventListenerFactory()))
                .connectTimeout(builder.connectTimeout)
                // The time of the call as a whole is bounded; a timeout for each read and write costs and adds nothing.
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .callTimeout(Duration.ZERO)
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .authenticator(Authenticator.NONE)
                .proxyAuthenticator(Authenticator.NONE)
                .proxy(Proxy.NO_PROXY)
                .cookieJar(CookieJar.NO_COOKIES)
                .cache(null)
                .addNetworkInterceptor(FollowUpGuard.INSTANCE)
                .build();
        this.clients = new BackendClients(client, builder.maxIdleConnections, builder.idleTimeout);
    }

    /** With sockets that let nothing through but the answers that were asked for; HTTP/2 tells them apart by itself. */
    private static OkHttpClient.Builder watched(OkHttpClient client) {
        OkHttpClient.Builder watched = client.newBuilder();
        if (client.protocols().contains(Protocol.H2_PRIOR_KNOWLEDGE)) {
            return watched;
        }
        watched.socketFactory(new WatchedSockets(client.socketFactory()));
        X509TrustManager trust = client.x509TrustManager();
        return trust == null
                ? watched
                : watched.sslSocketFactory(new WatchedSslSockets(client.sslSocketFactory()), trust);
    }

    /** A client with the defaults of {@link #builder()}. */
    public static OkHttpBackendClient create() {
        return builder().build();
    }

    /** A builder. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Call newCall(BackendRequest request) {
        return new OkHttpCall(this, request);
    }

    @Override
    public void close() {
        closed = true;
        client.dispatcher().cancelAll();
        streams.forEach(ContentStream::cut);
        clients.evictAll();
    }

    /** The content of an answer, to be read as somebody takes it. */
    Body stream(okhttp3.Call call, Response response) {
        ContentStream stream = new ContentStream(call, response, streamIdleNanos, streams::remove);
        streams.add(stream);
        if (closed) {
            stream.cut();
        }
        return Body.stream(stream, response.body().contentLength(), stream::trailers);
    }

    /** The client for a backend, which has its own connections, and knows its address where that is given. */
    BackendClients.Client client(Backend backend) {
        return clients.of(backend);
    }

    Repeats repeats() {
        return repeats;
    }

    OkHttpClient client() {
        return client;
    }

    /** How many connections there are, with or without a call. */
    int connectionCount() {
        return clients.connectionCount();
    }

    boolean isClosed() {
        return closed;
    }

    /** Settings of a client. Not safe for use by several threads. */
    public static final class Builder {
        private static final Duration SHORTEST = Duration.ofMillis(1);
        private static final Duration LONGEST = Duration.ofHours(1);

        private @Nullable OkHttpClient base;
        private Duration connectTimeout = Duration.ofSeconds(2);
        private Duration idleTimeout = Duration.ofSeconds(30);
        private Duration streamIdleTimeout = Duration.ofMinutes(5);
        private int maxIdleConnections = 256;
        private @Nullable SSLSocketFactory sockets;
        private @Nullable X509TrustManager trust;
        private boolean priorKnowledge;

        private Builder() {}

        /**
         * Takes DNS, sockets, TLS, client certificates, protocols, listeners and interceptors over from a client of the
         * host's. Its connections, timeouts, dispatcher, cookies, cache, authenticators and proxies are not used, and it
         * neither retries nor follows redirects here.
         */
        public Builder from(OkHttpClient host) {
            this.base = host;
            return this;
        }

        /** How long a TCP connection may take to come about, 1 ms to 1 h; 2 s by default. */
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = checked("connect timeout", timeout);
            return this;
        }

        /**
         * How long a connection without a call is kept, 1 ms to 1 h; 30 s by default. Less than the backends' own limit, so
         * that requests which are not safe do not meet a connection that the backend is just closing.
         */
        public Builder idleTimeout(Duration timeout) {
            this.idleTimeout = checked("idle timeout", timeout);
            return this;
        }

        /** How long a backend may send nothing of an answer that is streamed, 1 ms to 1 h; 5 min by default. */
        public Builder streamIdleTimeout(Duration timeout) {
            this.streamIdleTimeout = checked("stream's idle timeout", timeout);
            return this;
        }

        /**
         * TLS by these, such as {@code ReloadingTls} gives, in place of what Java trusts; with the usual check of the host's
         * name in any case, and HTTP/2 where the backend has it.
         *
         * @param factory may be a factory that changes over time
         */
        public Builder tls(SSLSocketFactory factory, X509TrustManager trusting) {
            this.sockets = factory;
            this.trust = trusting;
            return this;
        }

        /**
         * HTTP/2 without TLS to every backend, which is known to have it (RFC 9113 section 3.3). Backends with {@code https}
         * cannot be reached then.
         */
        public Builder http2PriorKnowledge() {
            this.priorKnowledge = true;
            return this;
        }

        /**
         * How many connections without a call are kept for each backend, 0 or more; 256 by default. As many as a backend may
         * have calls at once, so that none is closed to be opened again.
         */
        public Builder maxIdleConnections(int connections) {
            if (connections < 0) {
                throw new IllegalArgumentException("expected 0 or more idle connections, got " + connections);
            }
            this.maxIdleConnections = connections;
            return this;
        }

        /**
         * The client.
         *
         * @throws IllegalStateException if the OkHttp on the class path is older than version 5
         */
        public OkHttpBackendClient build() {
            return new OkHttpBackendClient(this);
        }

        private static Duration checked(String what, Duration value) {
            if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("expected a " + what + " of 1 ms to 1 h, got " + value);
            }
            return value;
        }
    }
}
