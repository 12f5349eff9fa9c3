package dev.fanoutgateway;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Combiner;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.PluginFailure;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A combiner that runs on the gateway's executor and is through in time, or has failed: then the developers are told, and its
 * stage fails. What it gives says no less of caching than the answers that it is made of.
 */
final class GuardedCombiner implements Combiner {
    private static final int FIRST_FINAL = 200;
    private static final GatewayResponse FAILED = new GatewayResponse(500, Headers.empty(), Body.empty());

    private final Combiner combiner;
    private final boolean everybody;
    private final CachePolicy policy;
    private final Guarded guard;
    private final GatewayClock clock;
    private final Executor executor;

    /** @param everybody whether all are to answer */
    GuardedCombiner(
            Combiner combiner,
            boolean everybody,
            CachePolicy policy,
            Guarded guard,
            GatewayClock clock,
            Executor executor) {
        this.combiner = combiner;
        this.everybody = everybody;
        this.policy = policy;
        this.guard = guard;
        this.clock = clock;
        this.executor = executor;
    }

    @Override
    public CompletionStage<GatewayResponse> combine(GatewayRequest request, List<Part> parts) {
        return guard.call(() -> combined(request, parts), failure -> FAILED)
                .thenCompose(response -> response == FAILED
                        ? CompletableFuture.failedFuture(new IllegalStateException("the combiner failed"))
                        : CompletableFuture.completedFuture(response));
    }

    /** Elsewhere than on this thread, which has waited for the network, and may have others that wait for it. */
    @SuppressWarnings("NullAway") // a combiner may give null against its contract; the guard sees to it
    private CompletionStage<GatewayResponse> combined(GatewayRequest request, List<Part> parts) {
        return CompletableFuture.supplyAsync(() -> combiner.combine(request, parts), executor)
                .thenCompose(stage -> stage == null ? CompletableFuture.completedFuture(null) : stage)
                .thenApply(response -> response == null ? null : finished(request, parts, response));
    }

    private @Nullable GatewayResponse finished(GatewayRequest request, List<Part> parts, GatewayResponse response) {
        if (response.status() < FIRST_FINAL) {
            throw new PluginFailure("expected an answer with a final status, got " + response.status());
        }
        return CombinedFields.of(policy, request, parts, everybody, response, clock.currentTimeMillis());
    }

    @Override
    public String toString() {
        return combiner.toString();
    }
}
