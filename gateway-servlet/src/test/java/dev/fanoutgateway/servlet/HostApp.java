package dev.fanoutgateway.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A host application before which a gateway's filter is mounted: one servlet, and a filter in front that watches. */
final class HostApp implements ServletContainerInitializer {
    /** What the watching filter saw of one request. */
    record Seen(Thread container, boolean async) {}

    final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    final BlockingQueue<Thread> writers = new LinkedBlockingQueue<>();
    final BlockingQueue<ServletRequest> passedIn = new LinkedBlockingQueue<>();
    final BlockingQueue<ServletRequest> cameOut = new LinkedBlockingQueue<>();

    private final Filter filter;
    private boolean asyncSupported = true;
    private Apps.Service service = HostApp::echo;
    private @Nullable ClientWatch clientWatch;

    HostApp(Filter filter) {
        this.filter = filter;
    }

    HostApp withoutAsync() {
        asyncSupported = false;
        return this;
    }

    HostApp watching(ClientWatch watch) {
        clientWatch = watch;
        return this;
    }

    HostApp serving(Apps.Service other) {
        service = other;
        return this;
    }

    @Override
    public void onStartup(Set<Class<?>> classes, ServletContext context) {
        mount(context, "watch", this::watch);
        mount(context, "gateway", filter);
        Apps.servlet(context, "/*", (request, response) -> {
            cameOut.add(request);
            service.serve(request, response);
        });
    }

    private void mount(ServletContext context, String name, Filter mounted) {
        FilterRegistration.Dynamic registration = context.addFilter(name, mounted);
        registration.setAsyncSupported(asyncSupported);
        registration.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
    }

    private void watch(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getDispatcherType() != DispatcherType.REQUEST) {
            chain.doFilter(request, response);
            return;
        }
        passedIn.add(request);
        request.setAttribute(GatewayFilter.CLIENT_WATCH, clientWatch);
        chain.doFilter(request, new WatchedResponse((HttpServletResponse) response));
        seen.add(new Seen(Thread.currentThread(), request.isAsyncStarted()));
    }

    /** Answers with what came. */
    private static void echo(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/plain");
        byte[] body = request.getInputStream().readAllBytes();
        response.getOutputStream().print("host:" + request.getDispatcherType() + ':' + request.getRequestURI() + ':');
        response.getOutputStream().write(body);
    }

    private final class WatchedResponse extends HttpServletResponseWrapper {
        private WatchedResponse(HttpServletResponse response) {
            super(response);
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            writers.add(Thread.currentThread());
            return super.getOutputStream();
        }
    }
}
