package dev.fanoutgateway;

import dev.fanoutgateway.caching.CacheStatus;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.relay.Passage;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RateLimiter.Settlement;
import dev.fanoutgateway.spi.RateLimiter.State;
import dev.fanoutgateway.spi.RequestRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of every exchange: credits are settled, the limits' fields added, the request recorded. */
final class Completion {
    private static final Logger LOG = LoggerFactory.getLogger(FanoutGateway.class);

    /** Of refusals, and of whatever else the gateway says without having asked anybody. */
    private static final String OWN_ANSWER = CacheStatus.own("not-asked").value();

    private final Limits limits;
    private final Observers observers;
    private final Explanations explanations;
    private final Passage passage;
    private final GatewayClock clock;

    Completion(Limits limits, Observers observers, Explanations explanations, Passage passage, GatewayClock clock) {
        this.limits = limits;
        this.observers = observers;
        this.explanations = explanations;
        this.passage = passage;
        this.clock = clock;
    }

    /** The answer to an exchange whose client left, or in which something of ours failed: 500, never a leak. */
    Answer failed(Exchange exchange, Grant grant, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof CancellationException && exchange.abandonment().isSignalled()) {
            return Refusals.abandoned(exchange.request(), grant);
        }
        LOG.error(
                "the gateway failed at {}: {}",
                exchange.request(),
                cause.getClass().getName(),
                trace(cause));
        return Refusals.internalError(exchange.request(), grant);
    }

    /** The response as it goes out. Never throws: an answer is an answer even if nobody could be told of it. */
    GatewayResponse complete(Exchange exchange, Answer answer) {
        Grant grant = answer.grant();
        RateLimiter.Decision decision = grant.decision();
        if (decision != null && decision.lease() != null) {
            limits.settle(decision.lease(), answer.served() ? Settlement.COMMIT : Settlement.REFUND);
        }
        RequestRecord record = record(exchange, answer);
        observers.request(record);
        return explanations.shown(exchange, grant, record, withFields(exchange, answer));
    }

    private RequestRecord record(Exchange exchange, Answer answer) {
        Grant grant = answer.grant();
        return new RequestRecord(
                exchange.request().method(),
                exchange.request().path(),
                exchange.request().arrival().id(),
                exchange.route().toString(),
                Optional.ofNullable(grant.caller()),
                answer.response().status(),
                answer.outcome(),
                withoutLease(grant.decision()),
                answer.cacheStatus() == null ? "" : answer.cacheStatus(),
                answer.collapsed(),
                answer.race(),
                exchange.startNanos(),
                clock.nanoTime() - exchange.startNanos());
    }

    /** A lease is nobody else's to settle. */
    private static RateLimiter.@Nullable Decision withoutLease(RateLimiter.@Nullable Decision decision) {
        return decision == null || decision.lease() == null
                ? decision
                : new RateLimiter.Decision(
                        decision.allowed(), decision.states(), decision.binding(), decision.retryAfter(), null);
    }

    private GatewayResponse withFields(Exchange exchange, Answer answer) {
        GatewayResponse response = answer.response();
        Terms terms = answer.grant().terms();
        RateLimiter.Decision decision = answer.grant().decision();
        String cacheStatus = answer.cacheStatus();
        Headers.Builder headers = response.headers().toBuilder();
        if (decision != null && terms != null) {
            boolean refunded = decision.allowed() && decision.lease() != null && !answer.served();
            long credits = refunded ? exchange.route().cost() : 0;
            terms.fields().addTo(headers, credits > 0 ? refunded(decision, terms, credits) : decision);
        }
        headers.add("Cache-Status", cacheStatus == null ? OWN_ANSWER : cacheStatus);
        passage.answered(exchange.request().arrival(), answer.served(), headers);
        return response.withHeaders(headers.build());
    }

    /** What is left once the credits are given back; how many more than all were used is not known. */
    private static RateLimiter.Decision refunded(RateLimiter.Decision decision, Terms terms, long cost) {
        Quota quota = terms.plan().quota();
        int last = decision.states().size() - 1;
        State credits = quota == null || last < 0 ? null : decision.states().get(last);
        if (quota == null
                || credits == null
                || !credits.name().equals(quota.name())
                || (credits.remaining() == 0 && quota.overrun() == Quota.Overrun.ALLOW)) {
            return decision;
        }
        List<State> states = new ArrayList<>(decision.states());
        long left = Math.min(quota.amount(), credits.remaining() + cost);
        states.set(last, new State(credits.name(), left, credits.reset()));
        return new RateLimiter.Decision(true, states, decision.binding(), decision.retryAfter(), decision.lease());
    }

    /** The stack without messages, since these may quote what a client sent. */
    private static Throwable trace(Throwable cause) {
        Throwable bare = new Throwable(cause.getClass().getName());
        bare.setStackTrace(cause.getStackTrace());
        return bare;
    }
}
