package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.servlet.ClientWatch;
import dev.fanoutgateway.servlet.GatewayFilter;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;

/** A connector whose connections notice, while a request waits for its answer, that the client is gone. */
final class WatchingConnector extends ServerConnector {
    private final ClientLimits limits;

    WatchingConnector(Server server, ClientLimits limits, HttpConnectionFactory http) {
        super(server, http);
        this.limits = limits;
        setIdleTimeout(limits.idle().toMillis());
        server.addBean(new NetworkConnectionLimit(limits.connections(), this));
        addBean(new ClientWatchdog(this, limits));
    }

    /** Lets the filter watch the request's client. */
    static Request watchable(Request request, HttpFields.Mutable responseFields) {
        if (request.getConnectionMetaData().getConnection().getEndPoint() instanceof ClientWatch watch) {
            request.setAttribute(GatewayFilter.CLIENT_WATCH, watch);
        }
        return request;
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
