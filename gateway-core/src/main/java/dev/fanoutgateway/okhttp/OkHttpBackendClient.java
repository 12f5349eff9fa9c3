package dev.fanoutgateway.okhttp;

import dev.fanoutgateway.spi.BackendClient;
import java.time.Duration;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** The network by OkHttp. Safe for use by any thread. */
public final class OkHttpBackendClient implements BackendClient {

    private OkHttpBackendClient(Builder builder) {}

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
        throw new UnsupportedOperationException("not there yet");
    }

    @Override
    public void close() {}

    /** Settings of a client. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable OkHttpClient base;
        private Duration connectTimeout = Duration.ofSeconds(2);
        private Duration idleTimeout = Duration.ofSeconds(30);
        private int maxIdleConnections = 256;

        private Builder() {}

        /**
         * Takes DNS, sockets, TLS and interceptors over from a client of the host's. Its connections, dispatcher, cookies,
         * cache, authenticators and proxies are not used, and it neither retries nor follows redirects here.
         */
        public Builder from(OkHttpClient host) {
            this.base = host;
            return this;
        }

        /** How long a connection may take to come about, 1 ms to 1 h; 2 s by default. */
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = timeout;
            return this;
        }

        /** How long a connection without a call is kept, 1 ms to 1 h; 30 s by default. */
        public Builder idleTimeout(Duration timeout) {
            this.idleTimeout = timeout;
            return this;
        }

        /** How many connections without a call are kept, for all backends together, 0 or more; 256 by default. */
        public Builder maxIdleConnections(int connections) {
            this.maxIdleConnections = connections;
            return this;
        }

        /** The client. */
        public OkHttpBackendClient build() {
            return new OkHttpBackendClient(this);
        }
    }
}
