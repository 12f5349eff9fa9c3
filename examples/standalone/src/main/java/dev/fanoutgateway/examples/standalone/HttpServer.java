package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.servlet.GatewayFilter;
import dev.fanoutgateway.tls.ReloadingTls;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http.UriCompliance.Violation;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * An embedded Jetty that has nothing but the gateway. Where there are virtual threads, requests run on them. A client that
 * closes its connection, or its sending half, while it waits counts as gone: nobody works for it any longer.
 */
final class HttpServer {
    /** The longest head of a backend's answer, and what the gateway adds. One size: a second try forgets to close. */
    private static final int HEAD_BYTES = 40 << 10;

    private final Server jetty;
    private final ServerConnector connector;
    private final @Nullable ReloadingTls tls;

    private HttpServer(Server jetty, ServerConnector connector, @Nullable ReloadingTls tls) {
        this.jetty = jetty;
        this.connector = connector;
        this.tls = tls;
    }

    /**
     * @param anyPath whether ambiguous paths come as far as the gateway
     * @throws Exception if it cannot listen; then nothing of it is left
     */
    static HttpServer start(ServerSettings settings, FanoutGateway gateway, boolean anyPath) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName("http");
        threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
        Server jetty = new Server(threads);
        ReloadingTls tls =
                settings.tls() == null ? null : settings.tls().files().open();
        ServerConnector connector =
                new WatchingConnector(jetty, settings, Protocols.of(http(settings.clients(), anyPath), settings, tls));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        jetty.addConnector(connector);
        EnvelopeErrors errors = new EnvelopeErrors();
        jetty.setErrorHandler(errors);
        jetty.setHandler(context(gateway, errors));
        jetty.setStopTimeout(settings.drain().toMillis());
        HttpServer server = new HttpServer(jetty, connector, tls);
        try {
            jetty.start();
        } catch (Exception e) {
            server.stop();
            throw e;
        }
        return server;
    }

    int port() {
        return connector.getLocalPort();
    }

    /**
     * Takes no more connections, waits for what is in flight as long as the drain time allows, and ends. What still comes on
     * a connection that was there is served, as its last.
     */
    void stop() throws Exception {
        if (tls != null) {
            tls.close();
        }
        jetty.stop();
    }

    private static HttpConfiguration http(ClientLimits limits, boolean anyPath) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setHttpCompliance(HttpCompliance.STRICT); // or a lone LF ends a line, which others take for a part of it
        // Or "charset=UTF-8" goes on as "charset=utf-8": some sign what they send.
        http.setHeaderCacheCaseSensitive(true);
        http.setRequestHeaderSize(limits.headBytes());
        http.setMaxResponseHeaderSize(HEAD_BYTES);
        http.setResponseHeaderSize(HEAD_BYTES);
        if (anyPath) { // the gateway itself refuses what is ambiguous, unless the route allows it
            http.setUriCompliance(UriCompliance.DEFAULT.with(
                    "ANY_PATH",
                    Violation.AMBIGUOUS_PATH_SEGMENT,
                    Violation.AMBIGUOUS_EMPTY_SEGMENT,
                    Violation.AMBIGUOUS_PATH_SEPARATOR,
                    Violation.AMBIGUOUS_PATH_PARAMETER,
                    Violation.AMBIGUOUS_PATH_ENCODING));
        }
        http.addCustomizer(new HeadRules());
        http.addCustomizer(new UrlLimit(limits.urlBytes()));
        http.addCustomizer(WatchingConnector::watchable);
        http.addCustomizer(AnsweredStream::of);
        http.addCustomizer(WrittenType::of);
        return http;
    }

    private static ServletContextHandler context(FanoutGateway gateway, EnvelopeErrors errors) {
        ServletContextHandler context = new ServletContextHandler("/");
        FilterHolder filter = new FilterHolder(new GatewayFilter(gateway));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        ServletHolder end = new ServletHolder(new NoRoute(gateway));
        end.setAsyncSupported(true);
        context.addServlet(end, "/");
        context.setErrorHandler(errors);
        return context;
    }
}
