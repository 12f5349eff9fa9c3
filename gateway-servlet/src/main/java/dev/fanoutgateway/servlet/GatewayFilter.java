package dev.fanoutgateway.servlet;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a gateway before a host application: a request that one of the gateway's routes takes is answered by the gateway,
 * any other goes down the host's chain untouched.
 *
 * <p><b>By code</b>, {@code new GatewayFilter(gateway)}, also as the object of Spring's {@code FilterRegistrationBean}: the
 * host closes the gateway. <b>By web.xml</b>, with the public constructor without arguments: either the init-param
 * {@code gateway-factory} names a class with a public constructor without arguments that implements
 * {@code Supplier<FanoutGateway>}, and then this filter closes the gateway when it is destroyed; or the host has put its
 * gateway into the {@code ServletContext}, as the attribute {@link #GATEWAY}, and closes it itself. The init-param
 * {@code blocking} ({@code true} or {@code false}) does what {@link #blocking(boolean)} does.
 *
 * <p><b>Threads.</b> An answer that is ready at once (a hit, a refusal) is written on the container's thread. For others
 * the request goes asynchronous, and is written on one of the gateway's threads. Where the container's thread is virtual, or
 * the host said {@link #blocking(boolean)}, or the request does not support asynchronous operation, the first attempt runs
 * on the container's thread itself, which then waits, not much longer than the route's timeout. Declare
 * {@code async-supported}, or each waiting request holds a thread. A request's content is read once the request is admitted,
 * as far as the gateway's {@code maxRequestBytes}; more is answered 413. No thread of Jetty waits for it,
 * unless the host said {@code blocking(true)}, or the request does not support asynchronous operation: what is there is read
 * at once, and the container calls for the rest.
 *
 * <p><b>Dispatches.</b> The filter serves a request the first time it comes, whichever filter before it went asynchronous.
 * Forwards, includes, error pages and asynchronous dispatches to another path are the host's own, and pass. Since a request
 * that was served never reaches the chain, and one that was not reaches it unmarked, mapping the filter to every dispatcher
 * type is safe.
 *
 * <p><b>Clients that go away.</b> The Servlet API does not tell of them before something is read or written. Over HTTP/2,
 * Jetty and Tomcat do tell an asynchronous request when its stream is reset or its connection lost, and the attempts are
 * cut off at once (Jetty forgets a reset that comes before this filter has returned; Undertow never tells). Over HTTP/1.1,
 * and to a thread that waits, they do not: the attempts go on to their end; what they bring is cached if it may be, and the
 * write that fails is quiet. Whoever embeds the container may know better, and say so by a {@link ClientWatch}. A streamed
 * answer that breaks off after its beginning was sent cuts the client's connection.
 */
public final class GatewayFilter implements Filter {
    /** The {@code ServletContext} attribute that holds the host's {@link FanoutGateway}. */
    public static final String GATEWAY = "dev.fanoutgateway.FanoutGateway";

    /** The request attribute that may hold a {@link ClientWatch}. */
    public static final String CLIENT_WATCH = "dev.fanoutgateway.servlet.ClientWatch";

    /**
     * The request attribute that holds an answer's {@code Content-Type} as it came, where the container writes it in another
     * way, which means the same: whoever embeds the container may be able to put it back.
     */
    public static final String CONTENT_TYPE = "dev.fanoutgateway.servlet.ContentType";

    private static final Logger log = LoggerFactory.getLogger(GatewayFilter.class);
    private static final String SERVED = "dev.fanoutgateway.servlet.SERVED";
    private static final ClientWatch NO_WATCH = new Unwatched();

    /** What a waiting thread adds to the route's timeout, so that the engine's own deadline speaks first. */
    private static final long GRACE_MILLIS = 5_000;

    private @Nullable FanoutGateway gateway;
    private boolean owned;
    private boolean blocking;

    /** For web.xml: {@link #init} finds the gateway. */
    public GatewayFilter() {}

    /** A filter for a gateway that the host owns and closes. */
    public GatewayFilter(FanoutGateway gateway) {
        this(gateway, false);
    }

    private GatewayFilter(@Nullable FanoutGateway gateway, boolean blocking) {
        this.gateway = gateway;
        this.blocking = blocking;
    }

    /**
     * A filter for the same gateway that waits on the container's thread instead of going asynchronous, or not; to be
     * called before the filter is registered. Good where threads are cheap; virtual ones are found without being told.
     */
    public GatewayFilter blocking(boolean wanted) {
        return new GatewayFilter(gateway, wanted);
    }

    /**
     * Finds the gateway, if it was not given by code.
     *
     * @throws ServletException if there is none, or an init-param is wrong; the message names it
     */
    @Override
    public void init(FilterConfig config) throws ServletException {
        blocking |= GatewayLookup.blocking(config);
        if (gateway == null) {
            owned = GatewayLookup.hasFactory(config);
            gateway = GatewayLookup.find(config);
        }
    }

    /** Serves the request, or passes it on. */
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        FanoutGateway serving = gateway;
        if (serving == null) {
            throw new IllegalStateException("the gateway's filter is not initialised, or is destroyed");
        }
        if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse answer) {
            if (isOurs(http)) {
                String path = RequestReader.pathOf(http);
                Optional<Route> route = path == null ? Optional.empty() : serving.routeFor(http.getMethod(), path);
                if (route.isPresent() && path != null) {
                    serve(serving, route.get(), http, answer, path);
                    return;
                }
            }
        }
        chain.doFilter(request, response);
    }

    /** Closes the gateway if this filter made it. */
    @Override
    public void destroy() {
        FanoutGateway made = gateway;
        if (owned && made != null) {
            gateway = null;
            made.close();
        }
    }

    /** Not the host's own dispatches; a filter before this one may have gone asynchronous before the request came here. */
    private static boolean isOurs(HttpServletRequest request) {
        DispatcherType type = request.getDispatcherType();
        if (type != DispatcherType.ASYNC) {
            return type == DispatcherType.REQUEST;
        }
        Object first = request.getAttribute(AsyncContext.ASYNC_REQUEST_URI);
        return first == null || first.equals(request.getRequestURI());
    }

    private void serve(
            FanoutGateway serving, Route route, HttpServletRequest request, HttpServletResponse response, String path)
            throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC && request.getAttribute(SERVED) != null) {
            return; // a filter before this one went asynchronous after the request was answered
        }
        request.setAttribute(SERVED, true);
        if (!RequestFraming.isClear(request)) {
            log.debug("refused a request of which nobody can tell where it ends");
            refuse(request, response);
            return;
        }
        boolean mustWait = blocking || !request.isAsyncSupported() || request.isAsyncStarted();
        RequestContent content;
        try {
            content = RequestReader.contentOf(request, mustWait || !arrives(request));
        } catch (IOException e) {
            log.debug("the content of a request cannot be read", e);
            new ResponseWriter(request, response)
                    .writeHere(Refusals.badRequest("The request's content is incomplete."));
            return;
        }
        ResponseWriter writer = new ResponseWriter(request, response, content);
        GatewayRequest read = RequestReader.read(request, path, content);
        if (read == null) {
            refuse(request, response);
            return;
        }
        boolean waits = mustWait || content instanceof BlockingContent || (content == null && VirtualThreads.onOne());
        WaitingThread here = new WaitingThread(serving.executor(), waits);
        CompletableFuture<GatewayResponse> answer = serving.handle(route, read, here);
        if (waits && !answer.isDone()) {
            waitAndWrite(writer, answer, here, route, content, watchOf(request));
        } else if (answer.isDone() || (!isWanted(content) && here.awaitBriefly(answer))) {
            if (content != null) {
                content.close();
            }
            writer.writeHere(answer.exceptionally(PendingAnswer::insteadOf).join());
        } else {
            here.leave();
            PendingAnswer.await(request, response, writer, answer, (ArrivingContent) content);
        }
    }

    /**
     * Whether the container can be asked to call when there is content. Jetty can. Where other threads than its own ask, Tomcat
     * may forget to call, and Undertow does so at an end that it has read already.
     */
    private static boolean arrives(HttpServletRequest request) throws IOException {
        return request.getServletContext().getServerInfo().startsWith("jetty/")
                && (!RequestReader.isUnsaid(request) || JettyInput.tells(request.getInputStream()));
    }

    /** A thread that waits does not read. */
    private static boolean isWanted(@Nullable RequestContent content) {
        return content instanceof ArrivingContent arriving && arriving.isWanted();
    }

    private static void refuse(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getProtocol().startsWith("HTTP/1")) {
            response.setHeader("Connection", "close"); // what comes next need not be the beginning of a request
        }
        new ResponseWriter(request, response).writeHere(Refusals.badRequest("The request is malformed."));
    }

    /** Over HTTP/1.1 the Servlet API cannot tell: asynchronous input without content ends at once, and says no more. */
    static ClientWatch watchOf(HttpServletRequest request) {
        return request.getAttribute(CLIENT_WATCH) instanceof ClientWatch watch ? watch : NO_WATCH;
    }

    /** A stream's client is watched to its end: it may be long until something is written to it. */
    private static void waitAndWrite(
            ResponseWriter writer,
            CompletableFuture<GatewayResponse> answer,
            WaitingThread here,
            Route route,
            @Nullable RequestContent content,
            ClientWatch watch)
            throws IOException {
        Runnable start = () -> watch.start(() -> PendingAnswer.leave(answer, writer));
        if (content == null || content.isOver()) {
            start.run();
        } else { // while it is read, that tells when the client leaves
            content.whenOver(() -> {
                if (!answer.isDone()) {
                    start.run();
                }
            });
        }
        try {
            GatewayResponse given = waitFor(answer, here, route);
            if (given.body().isBuffered()) {
                watch.stop();
            }
            writer.writeHere(given);
        } finally {
            watch.stop();
        }
    }

    private static GatewayResponse waitFor(CompletableFuture<GatewayResponse> answer, WaitingThread here, Route route) {
        try {
            return here.await(answer, route.timeout().toMillis() + GRACE_MILLIS);
        } catch (TimeoutException e) {
            log.error("the engine has not answered {} ms after its deadline", GRACE_MILLIS);
            answer.cancel(true);
            return Refusals.late();
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return Refusals.stopping();
        } catch (ExecutionException | CancellationException e) {
            return PendingAnswer.insteadOf(e);
        }
    }

    private static final class Unwatched implements ClientWatch {
        @Override
        public void start(Runnable gone) {}

        @Override
        public void stop() {}
    }
}
