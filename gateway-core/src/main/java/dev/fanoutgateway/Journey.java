package dev.fanoutgateway;

import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.caching.SingleFlight;
import dev.fanoutgateway.fanout.Fanout;
import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.RaceRecord;
import dev.fanoutgateway.spi.ResponseAcceptor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One request's way to the backends and back: a race; and one more where the backends were asked whether a stored response
 * still holds, and the answer was about another one.
 */
final class Journey implements SingleFlight.Flight<Landing> {
    private final Upstream upstream;
    private final Forwarding forwarding;
    private final CompletableFuture<Landing> result;
    private volatile Fanout.@Nullable Race race;
    private volatile boolean cancelled;

    private Journey(Admission admission, Upstream upstream, Forwarding forwarding) {
        this.upstream = upstream;
        this.forwarding = forwarding;
        CachedResponse entry = validatable(admission);
        GatewayRequest question = entry == null
                ? null
                : CacheRules.validation(admission.forwarded(), entry).orElse(null);
        this.result = entry == null || question == null
                ? asked(admission, null).toCompletableFuture()
                : validated(admission, entry, question).toCompletableFuture();
        if (admission.exchange().streams()) {
            result.thenAccept(landing -> discardUnlessRead(admission, landing));
        }
    }

    /** A client who leaves later than this leaves an answer behind, which is discarded as such. */
    private static void discardUnlessRead(Admission admission, Landing landing) {
        if (admission.exchange().unread()) {
            landing.discard();
        }
    }

    static Journey begin(Admission admission, Upstream upstream, Forwarding forwarding) {
        return new Journey(admission, upstream, forwarding);
    }

    @Override
    public CompletableFuture<Landing> result() {
        return result;
    }

    @Override
    public void cancel() {
        cancelled = true;
        Fanout.Race running = race;
        if (running != null) {
            running.cancel();
        }
    }

    /** What to ask about; null if all of a response is asked for. Answers that are combined have to be whole. */
    private static @Nullable CachedResponse validatable(Admission admission) {
        boolean one = admission.exchange().route().strategy().combiner() == null;
        return one && admission.forwarded().method().equals("GET") ? admission.stored() : null;
    }

    /** @param first the race before this one; null if there was none */
    private CompletionStage<Landing> asked(Admission admission, @Nullable RaceRecord first) {
        long sentMillis = forwarding.clock.currentTimeMillis();
        long before = forwarding.invalidated.count();
        return run(
                        admission,
                        admission.forwarded(),
                        admission.exchange().route().acceptor(),
                        "")
                .thenCompose(brought -> forwarding.covers.with(
                        admission,
                        forwarding.landed(
                                admission, first == null ? brought : brought.after(first), sentMillis, before)));
    }

    private CompletionStage<Landing> validated(Admission admission, CachedResponse entry, GatewayRequest question) {
        long sentMillis = forwarding.clock.currentTimeMillis();
        long before = forwarding.invalidated.count();
        ResponseAcceptor acceptor = new Confirming(admission.exchange().route().acceptor());
        return run(admission, question, acceptor, entry.backend()).thenCompose(brought -> {
            GatewayResponse response = brought.response();
            if (response == null || response.status() != 304) {
                return CompletableFuture.completedFuture(forwarding.landed(admission, brought, sentMillis, before));
            }
            Landing landing = forwarding.confirmed(admission, entry, brought, response, sentMillis, before);
            if (landing != null) {
                return CompletableFuture.completedFuture(landing);
            }
            Exchange rest = admission.exchange().elsewhere(CallingThread.passing(forwarding.executor));
            return asked(admission.by(rest), brought.race());
        });
    }

    /** A race, of which the developers are told. */
    private CompletionStage<FanoutResult> run(
            Admission admission, GatewayRequest question, ResponseAcceptor acceptor, String preferred) {
        Fanout.Race started =
                forwarding.fanout.start(upstream.plan(admission, question, acceptor, preferred, forwarding.fanout));
        race = started;
        if (cancelled) {
            started.cancel();
        }
        return started.result().thenApply(brought -> {
            FanoutResult accounted = upstream.accounted(admission, brought);
            upstream.alerts().report(admission.exchange().route(), admission.forwarded(), accounted);
            return accounted;
        });
    }
}
