package dev.fanoutgateway.redis;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** A line by Jedis, a blocking client. Needs Jedis on the class path, which is the host's choice. */
final class JedisLine implements DirectLine {
    private final Connection connection;

    private JedisLine(Connection connection) {
        this.connection = connection;
    }

    /**
     * Opens lines with the settings of {@code uri}, as Lettuce does: user and password, database, name, TLS.
     *
     * @return null where one of them is known to Lettuce alone
     * @throws LinkageError if there is no Jedis
     */
    static @Nullable Opener opener(RedisURI uri, Duration timeout, Duration connectTimeout) {
        boolean ours = !uri.isSsl() || (!uri.isStartTls() && uri.getVerifyMode() != SslVerifyMode.NONE);
        if (!ours || !uri.getSentinels().isEmpty()) {
            return null;
        }
        JedisSocketFactory sockets = () -> {
            try {
                return socket(uri, timeout, connectTimeout);
            } catch (IOException e) {
                throw new JedisConnectionException("no connection", e);
            }
        };
        return () -> {
            try {
                return new JedisLine(new Connection(sockets, login(uri, timeout, connectTimeout)));
            } catch (RuntimeException e) {
                throw failure(e);
            }
        };
    }

    @Override
    public @Nullable List<Long> evalsha(byte[][] call) throws IOException {
        try {
            connection.sendCommand(Protocol.Command.EVALSHA, call);
            return numbers(connection.getIntegerMultiBulkReply());
        } catch (JedisDataException e) {
            return null; // an answer: the next one is the next call's
        } catch (RuntimeException e) {
            throw failure(e);
        }
    }

    /** Jedis takes any array for one of numbers. */
    private static @Nullable List<Long> numbers(@Nullable List<?> answer) throws IOException {
        if (answer == null) {
            return null;
        }
        Long[] numbers = new Long[answer.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!(answer.get(i) instanceof Long number)) {
                throw new IOException("expected numbers");
            }
            numbers[i] = number;
        }
        return List.of(numbers);
    }

    @Override
    public void close() {
        try {
            connection.disconnect();
        } catch (RuntimeException e) {
            // it is given up in any case
        }
    }

    /** What failed, without Jedis's own words. */
    private static IOException failure(RuntimeException failure) {
        Throwable cause = failure.getCause();
        return cause instanceof IOException reason
                ? reason
                : new IOException(failure.getClass().getSimpleName());
    }

    private static JedisClientConfig login(RedisURI uri, Duration timeout, Duration connectTimeout) {
        RedisCredentials credentials =
                uri.getCredentialsProvider().resolveCredentials().block(connectTimeout);
        var login = DefaultJedisClientConfig.builder()
                .protocol(RedisProtocol.RESP2)
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                .socketTimeoutMillis((int) timeout.toMillis())
                .database(uri.getDatabase())
                .clientName(uri.getClientName());
        if (credentials != null && credentials.hasPassword()) {
            login.credentials(new DefaultRedisCredentials(
                    credentials.hasUsername() ? credentials.getUsername() : null, credentials.getPassword()));
        }
        return login.build();
    }

    private static Socket socket(RedisURI uri, Duration timeout, Duration connectTimeout) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), (int) connectTimeout.toMillis());
            socket.setSoTimeout((int) connectTimeout.toMillis());
            Socket secured = uri.isSsl() ? secured(socket, uri) : socket;
            secured.setSoTimeout((int) timeout.toMillis());
            return secured;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static SSLContext defaultContext() throws IOException {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("no TLS", e);
        }
    }

    private static Socket secured(Socket socket, RedisURI uri) throws IOException {
        SSLSocketFactory factory = defaultContext().getSocketFactory();
        SSLSocket secured = (SSLSocket) factory.createSocket(socket, uri.getHost(), uri.getPort(), true);
        if (uri.getVerifyMode() == SslVerifyMode.FULL) {
            SSLParameters parameters = secured.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secured.setSSLParameters(parameters);
        }
        secured.startHandshake();
        return secured;
    }
}
