package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.servlet.ClientWatch;
import dev.fanoutgateway.servlet.GatewayFilter;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.VirtualThreads;

/**
 * A connector whose connections notice, while a request waits for its answer, that the client is gone: by the end of the
 * TCP connection, with TLS as well. Connections of HTTP/2 are always read by Jetty, which tells of each stream.
 */
final class WatchingConnector extends ServerConnector {
    /**
     * How many connections may wait to be accepted, as far as the system lets them. Java's default of 50 is full when as many
     * clients come at once, and who is turned away tries again after a second.
     */
    private static final int MOST_WAITING = 1024;

    private final ClientLimits limits;
    private final long drainMillis;

    WatchingConnector(Server server, ServerSettings settings, ConnectionFactory... protocols) {
        super(server, protocols);
        this.limits = settings.clients();
        this.drainMillis = settings.drain().toMillis();
        setIdleTimeout(limits.idle().toMillis());
        setAcceptQueueSize(MOST_WAITING);
        server.addBean(new NetworkConnectionLimit(limits.connections(), this));
        addBean(new ClientWatchdog(this, limits));
    }

    /** Lets the filter watch the request's client. */
    static Request watchable(Request request, HttpFields.Mutable responseFields) {
        ConnectionMetaData connection = request.getConnectionMetaData();
        if (connection.getHttpVersion().getVersion() >= HttpVersion.HTTP_2.getVersion()) {
            Executor executor =
                    VirtualThreads.getExecutor(connection.getConnector().getExecutor());
            request.setAttribute(GatewayFilter.CLIENT_WATCH, StreamWatch.of(request, socketOf(request), executor));
        } else if (socketOf(request) instanceof ClientWatch watch) {
            request.setAttribute(GatewayFilter.CLIENT_WATCH, watch);
        }
        return request;
    }

    /** The end point beneath TLS. */
    private static EndPoint socketOf(Request request) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        while (endPoint instanceof EndPoint.Wrapper wrapper) {
            endPoint = wrapper.unwrap();
        }
        return endPoint;
    }

    /**
     * Connections without a request are closed after a second in which none comes. Jetty would close the others as well when
     * nothing moves on them for so long, such as with HTTP/2 while a backend thinks.
     */
    @Override
    public CompletableFuture<Void> shutdown() {
        CompletableFuture<Void> done = super.shutdown();
        tellBusyFromIdle();
        return done;
    }

    private void tellBusyFromIdle() {
        Collection<EndPoint> connections = getConnectedEndPoints();
        for (EndPoint connection : connections) {
            connection.setIdleTimeout(isBusy(connection) ? drainMillis : getShutdownIdleTimeout());
        }
        if (!connections.isEmpty() && isRunning()) {
            getScheduler().schedule(this::tellBusyFromIdle, 100, TimeUnit.MILLISECONDS);
        }
    }

    private static boolean isBusy(EndPoint socket) {
        Connection connection = socket.getConnection();
        while (connection instanceof SslConnection tls) {
            connection = tls.getSslEndPoint().getConnection();
        }
        if (connection instanceof HTTP2Connection http2) {
            return !http2.getSession().getStreams().isEmpty();
        }
        // Not by how many messages have come and gone: Jetty counts an answer at its head, and 100 Continue as one.
        return connection instanceof HttpConnection http1
                && http1.getHttpChannel().getRequest() != null;
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        WatchedEndPoint endPoint = new WatchedEndPoint(
                channel,
                selector,
                key,
                getScheduler(),
                VirtualThreads.getExecutor(getExecutor()),
                new ClientPace(limits));
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }
}
