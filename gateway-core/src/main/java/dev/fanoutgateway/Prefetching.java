package dev.fanoutgateway;

import dev.fanoutgateway.WarmUp.Prefetched;
import dev.fanoutgateway.WarmUp.Progress;
import dev.fanoutgateway.caching.SharedCache.Result;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The gateway's own requests, by the ordinary way but for the key and the limits. Safe for use by any thread. */
final class Prefetching {
    private final List<Route> routes;
    private final AdmissionControl admission;
    private final Forwarding forwarding;
    private final Completion completion;
    private final CallingThread thread;
    private final GatewayClock clock;
    private volatile @Nullable WarmUps warmUps;

    Prefetching(
            List<Route> routes,
            AdmissionControl admission,
            Forwarding forwarding,
            Completion completion,
            CallingThread thread,
            GatewayClock clock) {
        this.routes = routes;
        this.admission = admission;
        this.forwarding = forwarding;
        this.completion = completion;
        this.thread = thread;
        this.clock = clock;
    }

    /** What to show the progress of; before the gateway is there for others. */
    void shows(WarmUps started) {
        warmUps = started;
    }

    Progress progress() {
        WarmUps shown = warmUps;
        return shown == null ? Progress.NOTHING : shown.progress();
    }

    CompletableFuture<Prefetched> prefetch(String target) {
        GatewayRequest request = QueryRules.escaped(GatewayRequest.get(WarmUp.checked(target)));
        Route route = FanoutGateway.first(routes, "GET", request.path());
        if (route == null) {
            return CompletableFuture.completedFuture(Prefetched.FAILED);
        }
        if (!route.cache().enabled() || route.cache().perCaller() || route.keepsHost()) {
            return CompletableFuture.completedFuture(Prefetched.NOT_STORED);
        }
        Exchange exchange = Exchange.begin(route, request, thread, clock, Exchange.Reader.NOBODY);
        return CompletableFuture.completedFuture(exchange)
                .thenCompose(admission::own)
                .thenCompose(admitted ->
                        admitted.fold(this::asked, refusal -> CompletableFuture.completedFuture(Prefetched.FAILED)))
                .exceptionally(failure -> {
                    completion.failed(exchange, Grant.NONE, failure);
                    return Prefetched.FAILED;
                });
    }

    private CompletionStage<Prefetched> asked(Admission admitted) {
        if (isStored(admitted)) {
            return CompletableFuture.completedFuture(Prefetched.HIT);
        }
        return forwarding.forward(admitted).thenCompose(answer -> {
            if (answer.outcome() == Outcome.FAILED || answer.outcome() == Outcome.ERROR) {
                return CompletableFuture.completedFuture(Prefetched.FAILED);
            }
            return admission
                    .own(admitted.exchange())
                    .thenApply(after -> isStored(after) ? Prefetched.STORED : Prefetched.NOT_STORED);
        });
    }

    private static boolean isStored(Admission admitted) {
        return admitted.lookup() != null
                && (admitted.lookup().result() == Result.HIT
                        || admitted.lookup().result() == Result.ABSENT);
    }
}
