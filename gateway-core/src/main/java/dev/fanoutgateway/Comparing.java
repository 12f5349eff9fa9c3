package dev.fanoutgateway;

import dev.fanoutgateway.fanout.Divergence;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector.Demand;
import dev.fanoutgateway.spi.Combiner;
import dev.fanoutgateway.spi.ComparisonRecord;
import dev.fanoutgateway.spi.ComparisonRecord.Result;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.ResponseAcceptor.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The divergence check of one route.
 *
 * @param aside where replicas are asked for it
 * @param replicas the route's group
 */
record Comparing(
        Route route,
        DivergenceCheck check,
        Sideline line,
        Aside aside,
        Upstream replicas,
        Observers observers,
        Consumer<DevMessage> messages) {
    private static final GatewayResponse DONE = new GatewayResponse(200, Headers.empty(), Body.empty());

    void offer(Admission admission) {
        GatewayRequest forwarded = admission.forwarded();
        if (!forwarded.method().equals("GET") || forwarded.body().length() != 0) {
            return;
        }
        Demand demand = Upstream.demand(admission); // not the admission, which holds the key
        line.offer(
                forwarded,
                () -> check(demand),
                refusal -> tell(
                        refusal == Sideline.Refusal.NO_ROOM ? Result.NO_ROOM : Result.OVER_BUDGET, Divergence.NOTHING));
    }

    private CompletionStage<?> check(Demand demand) {
        return compare(demand)
                .thenCompose(first -> first.found() && !check.confirmAfter().isZero()
                        ? later().thenCompose(now -> compare(demand))
                        : CompletableFuture.completedFuture(first))
                .thenAccept(divergence -> report(demand.request(), divergence));
    }

    private CompletableFuture<Instant> later() {
        CompletableFuture<Instant> later = new CompletableFuture<>();
        aside.clock()
                .schedule(check.confirmAfter().toNanos(), () -> aside.executor().execute(() -> later.complete(now())));
        return later;
    }

    private CompletionStage<Divergence> compare(Demand demand) {
        List<Backend> candidates = replicas.well(aside.fanout());
        if (candidates.size() < 2) {
            return CompletableFuture.completedFuture(Divergence.NOTHING);
        }
        CompletableFuture<Divergence> divergence = new CompletableFuture<>();
        // A thread that has waited for the network, or a clock's, has something better to do than to read JSON.
        Combiner comparison = (request, parts) -> CompletableFuture.supplyAsync(
                () -> {
                    divergence.complete(Divergence.of(parts, check.ignored()));
                    return DONE;
                },
                aside.executor());
        aside.start(
                        FanoutStrategy.collectAll(comparison),
                        candidates,
                        replicas.aside(demand, route, marked(demand.request()), true),
                        (request, response) -> Verdict.ACCEPTED,
                        check.timeout(),
                        check.maxBodyBytes(),
                        route.attemptFields())
                .result()
                .thenRun(() -> divergence.complete(Divergence.NOTHING)); // where there is nothing to compare
        return divergence;
    }

    private static GatewayRequest marked(GatewayRequest request) {
        GatewayRequest whole = Whole.wanted(request);
        return whole.withHeaders(
                whole.headers().toBuilder().set(Shadowing.FIELD, "comparison").build());
    }

    private void report(GatewayRequest request, Divergence divergence) {
        if (divergence.compared() < 2) {
            tell(Result.INCOMPARABLE, divergence);
        } else if (!divergence.found()) {
            tell(Result.AGREED, divergence);
        } else {
            tell(Result.DIVERGED, divergence);
            List<String> details = new ArrayList<>();
            details.add(request.toString());
            details.addAll(divergence.findings());
            messages.accept(DevMessage.of(
                    DevMessage.Type.REPLICAS_DIVERGED,
                    "divergence:" + route,
                    "replicas of group '" + route.backends() + "' answer differently at route " + route,
                    details,
                    now()));
        }
    }

    private void tell(Result result, Divergence divergence) {
        observers.comparison(new ComparisonRecord(
                route.toString(), route.backends(), result, divergence.compared(), divergence.findings()));
    }

    private Instant now() {
        return Instant.ofEpochMilli(aside.clock().currentTimeMillis());
    }
}
