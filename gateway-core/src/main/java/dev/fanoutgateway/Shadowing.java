package dev.fanoutgateway;

import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.fanout.Fanout;
import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector.Demand;
import dev.fanoutgateway.spi.ShadowRecord;
import dev.fanoutgateway.spi.ShadowRecord.Fate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The shadow of one route.
 *
 * @param aside where copies run; of no request's
 * @param target the shadow's group
 */
record Shadowing(Route route, Shadow shadow, Sideline line, Aside aside, Upstream target, Observers observers) {
    static final String FIELD = "X-Shadow";

    /** What a client may have as a key for somebody else than the gateway. */
    private static final Set<String> PERSONAL = Set.of("authorization", "proxy-authorization", "cookie");

    private static final long ANSWER_BYTES = 1L << 20;

    void offer(Admission admission) {
        GatewayRequest forwarded = admission.forwarded();
        if (!forwarded.body().isBuffered() || !(shadow.unsafeMethods() || forwarded.isSafe())) {
            return;
        }
        Demand demand = Upstream.demand(admission); // not the admission, which holds the key
        line.offer(
                forwarded,
                () -> copy(demand),
                refusal ->
                        tell(refusal == Sideline.Refusal.NO_ROOM ? Fate.NO_ROOM : Fate.OVER_BUDGET, Optional.empty()));
    }

    private CompletionStage<?> copy(Demand demand) {
        List<Backend> candidates = target.wellCandidates(demand, aside.fanout());
        if (candidates.isEmpty()) {
            tell(Fate.NOBODY, Optional.empty());
            return CompletableFuture.completedFuture(Fate.NOBODY);
        }
        Fanout.Race race = aside.start(
                FanoutStrategy.single(),
                candidates,
                target.aside(demand, route, marked(demand.request()), false),
                Acceptors.successful(),
                shadow.timeout(),
                ANSWER_BYTES,
                route.attemptFields());
        return race.result().thenAccept(this::tell);
    }

    private static GatewayRequest marked(GatewayRequest request) {
        return request.withHeaders(
                request.headers().without(name -> PERSONAL.contains(name.toLowerCase(Locale.ROOT))).toBuilder()
                        .set(FIELD, "copy")
                        .build());
    }

    private void tell(FanoutResult result) {
        tell(Fate.SENT, result.attempts().stream().findFirst());
    }

    private void tell(Fate fate, Optional<AttemptOutcome> attempt) {
        observers.shadow(new ShadowRecord(route.toString(), shadow.backends(), fate, attempt));
    }
}
