package dev.fanoutgateway;

import dev.fanoutgateway.WarmUp.Prefetched;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.relay.Passage;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.Purge;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine: takes a request through admission, the cache and the race between the replicas to its one answer. Made by
 * {@link Gateway#builder()}. Safe for use by any thread; nothing here blocks but {@link #close}, and a {@code handle} that
 * is told to run the first attempt on the calling thread.
 */
public final class FanoutGateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FanoutGateway.class);

    private final List<Route> routes;
    private final Passage passage;
    private final AdmissionControl admission;
    private final Forwarding forwarding;
    private final Completion completion;
    private final Purging purging;
    private final Prefetching prefetching;
    private final GatewayClock clock;
    private final Executor executor;
    private final CallingThread passing;
    private final long maxRequestBytes;
    private final ContentRoom contentRoom = ContentRoom.ofThisProcess();
    private final List<AutoCloseable> resources;

    FanoutGateway(
            List<Route> routes,
            Passage passage,
            AdmissionControl admission,
            Forwarding forwarding,
            Completion completion,
            Purging purging,
            Prefetching prefetching,
            GatewayClock clock,
            Executor executor,
            long maxRequestBytes,
            List<AutoCloseable> resources) {
        this.routes = routes;
        this.passage = passage;
        this.admission = admission;
        this.forwarding = forwarding;
        this.completion = completion;
        this.purging = purging;
        this.prefetching = prefetching;
        this.clock = clock;
        this.executor = executor;
        this.passing = CallingThread.passing(executor);
        this.maxRequestBytes = maxRequestBytes;
        this.resources = resources;
    }

    /** The first route that takes such a request; empty if there is none, and the gateway is not meant. */
    public Optional<Route> routeFor(String method, String path) {
        return Optional.ofNullable(first(routes, method, path));
    }

    /**
     * The methods by which routes take {@code path}, in order; empty if they take it by every method or by none. For whoever
     * answers a request that has come to its end without a route: 405 with {@code Allow} is the answer to one that only came by
     * another method (RFC 9110 section 15.5.6).
     */
    public Set<String> methodsFor(String path) {
        String decoded = Escapes.decoded(path);
        Set<String> methods = new LinkedHashSet<>();
        for (Route route : routes) {
            if (route.pattern().matchesDecoded(decoded)) {
                if (route.methods().isEmpty()) {
                    return Set.of();
                }
                methods.addAll(route.methods());
            }
        }
        return Collections.unmodifiableSet(methods);
    }

    static @Nullable Route first(List<Route> routes, String method, String path) {
        String decoded = Escapes.decoded(path);
        for (Route route : routes) {
            if (route.takes(method, decoded)) {
                return route;
            }
        }
        return null;
    }

    /**
     * Answers {@code request} by the route that takes it; 404 if none does, or 405 if one does by another method. The answer's
     * content is in memory, whatever the route says. Else as {@link #handle(Route, GatewayRequest, CallingThread)}.
     */
    public CompletableFuture<GatewayResponse> handle(GatewayRequest request) {
        return routeFor(request.method(), request.path())
                .map(route -> handle(Exchange.begin(route, arrived(request), passing, clock, Exchange.Reader.MEMORY)))
                .orElseGet(
                        () -> CompletableFuture.completedFuture(Refusals.noRoute(request, methodsFor(request.path()))));
    }

    /**
     * Answers {@code request}. The future completes once, with a response whatever happens, at the latest a little after
     * the route's timeout (or after {@link GatewayBuilder#pluginTimeout} for each of authenticator, limiter and cache, if
     * these take longer); it is complete on return if the answer was at hand (a hit, a refusal). Cancelling it, or ending
     * it in any other way, says that the client is gone. Where the route's acceptor needs no content and the answer is not to
     * be stored, its content may be a stream: whoever takes the answer reads it or discards it, see {@link
     * dev.fanoutgateway.http.Body}.
     *
     * @param route one of this gateway's, from {@link #routeFor}
     * @param thread the calling thread, as far as it is there for the request
     */
    public CompletableFuture<GatewayResponse> handle(Route route, GatewayRequest request, CallingThread thread) {
        return handle(Exchange.begin(route, arrived(request), thread, clock, Exchange.Reader.CLIENT));
    }

    private GatewayRequest arrived(GatewayRequest request) {
        return QueryRules.escaped(passage.arrived(request));
    }

    private CompletableFuture<GatewayResponse> handle(Exchange exchange) {
        return exchange.untilClientLeaves(CompletableFuture.completedFuture(exchange)
                .thenCompose(admission::admit)
                .thenCompose(admitted -> admitted.fold(this::answer, CompletableFuture::completedFuture))
                .exceptionally(failure -> completion.failed(exchange, Grant.NONE, failure))
                .thenApply(answer -> completion.complete(exchange, answer)));
    }

    private CompletionStage<Answer> answer(Admission admitted) {
        return admitted.forwarded().body().length() == 0 ? asked(admitted) : taken(admitted);
    }

    /** Content is read once its request is admitted, and by whoever is there for it. */
    private CompletionStage<Answer> taken(Admission admitted) {
        Intake intake = new Intake(admitted, maxRequestBytes, contentRoom, clock);
        CompletableFuture<Admission> whole;
        try {
            whole = intake.take().toCompletableFuture();
        } catch (RuntimeException | Error e) { // a publisher's, or there is no memory left
            intake.end();
            throw e;
        }
        Function<Admission, CompletionStage<Answer>> answer =
                request -> intake.failed() ? CompletableFuture.completedFuture(intake.refusal()) : asked(request);
        CompletionStage<Answer> answered = whole.isDone()
                ? whole.thenCompose(answer)
                : whole.thenComposeAsync(answer, admitted.exchange().thread().next());
        return answered.thenApply(intake::insteadOf).whenComplete((given, failure) -> intake.end());
    }

    private CompletionStage<Answer> asked(Admission admitted) {
        return CompletableFuture.completedFuture(admitted)
                .thenCompose(request -> forwarding
                        .fromCache(request)
                        .<CompletionStage<Answer>>map(CompletableFuture::completedFuture)
                        .orElseGet(() -> forwarding.forward(request)))
                .exceptionally(failure -> completion.failed(admitted.exchange(), admitted.grant(), failure));
    }

    /**
     * Makes stored responses unusable, here at once, and in every gateway that shares the {@link GatewayBuilder#purges}
     * channel. Requests that come after this call are not answered with what was asked of the backends before it.
     *
     * @return complete when every gateway has it or will have it; a failure says that it holds in this gateway alone
     */
    public CompletableFuture<@Nullable Void> purge(Purge purge) {
        return purging.purge(purge);
    }

    /**
     * Asks for {@code target} as a client would, but without key and limits, so that it is in the cache.
     *
     * @param target a path with an optional query
     * @return what became of it; never fails
     */
    public CompletableFuture<Prefetched> prefetch(String target) {
        return prefetching.prefetch(target);
    }

    /** How far the {@link GatewayBuilder#warmUp} is: its round that is under way, or the last one. */
    public WarmUp.Progress warmUpProgress() {
        return prefetching.progress();
    }

    /** Runs tasks that may block: on virtual threads where there are any, unless the host gave its own. */
    public Executor executor() {
        return executor;
    }

    /** The most that a request's content may have, in bytes. */
    public long maxRequestBytes() {
        return maxRequestBytes;
    }

    /** Ends the gateway's own threads and connections. Requests under way are not waited for. */
    @Override
    public void close() {
        closeAll(resources);
    }

    static void closeAll(List<AutoCloseable> resources) {
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.warn(
                        "closing a part of the gateway failed: {}", e.getClass().getName());
            }
        }
    }

    /** What of it is taken, for tests. */
    ContentRoom contentRoom() {
        return contentRoom;
    }
}
