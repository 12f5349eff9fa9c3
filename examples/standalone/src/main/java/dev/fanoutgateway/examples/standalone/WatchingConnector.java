package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.servlet.ClientWatch;
import dev.fanoutgateway.servlet.GatewayFilter;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;

/**
 * A connector whose connections notice, while a request waits for its answer, that the client is gone: by the end of the
 * TCP connection, with TLS as well. Connections of HTTP/2 are always read by Jetty, which tells of each stream.
 */
final class WatchingConnector extends ServerConnector {
    private final ClientLimits limits;

    WatchingConnector(Server server, ClientLimits limits, ConnectionFactory... protocols) {
        super(server, protocols);
        this.limits = limits;
        setIdleTimeout(limits.idle().toMillis());
        server.addBean(new NetworkConnectionLimit(limits.connections(), this));
        addBean(new ClientWatchdog(this, limits));
    }

    /** Lets the filter watch the request's client. */
    static Request watchable(Request request, HttpFields.Mutable responseFields) {
        ConnectionMetaData connection = request.getConnectionMetaData();
        if (connection.getHttpVersion().getVersion() >= HttpVersion.HTTP_2.getVersion()) {
            Executor executor =
                    VirtualThreads.getExecutor(connection.getConnector().getExecutor());
            request.setAttribute(GatewayFilter.CLIENT_WATCH, StreamWatch.of(request, executor));
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
