package dev.fanoutgateway;

import dev.fanoutgateway.auth.Extraction;
import dev.fanoutgateway.auth.KeyExtractor;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.caching.CacheRequest;
import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.caching.SharedCache;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.HopByHop;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.KeyAuthenticator;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request is let in: what it is (4xx, 501, 508), the path (400), the key (401), the plan (403), the limits
 * (429). The limiter and the cache are asked together, so that a request waits for one round trip; the cache's answer counts
 * only if the limiter agrees.
 */
final class AdmissionControl {
    private final RequestRules rules;
    private final KeyExtractor extractor;
    private final @Nullable KeyAuthenticator authenticator;
    private final Guarded authenticatorGuard;
    private final FailedAttempts failedAttempts;
    private final Map<String, Terms> plans;
    private final Limits limits;
    private final SharedCache cache;

    AdmissionControl(
            RequestRules rules,
            KeyExtractor extractor,
            @Nullable KeyAuthenticator authenticator,
            Guarded authenticatorGuard,
            FailedAttempts failedAttempts,
            Map<String, Terms> plans,
            Limits limits,
            SharedCache cache) {
        this.rules = rules;
        this.extractor = extractor;
        this.authenticator = authenticator;
        this.authenticatorGuard = authenticatorGuard;
        this.failedAttempts = failedAttempts;
        this.plans = plans;
        this.limits = limits;
        this.cache = cache;
    }

    CompletionStage<Admission> admit(Exchange exchange) {
        GatewayRequest request = exchange.request();
        Answer refusal = rules.refusal(exchange);
        if (refusal != null) {
            return refused(exchange, refusal);
        }
        if (!rules.pathAllowed(exchange)) {
            return refused(exchange, Refusals.badRequest(request, "The path is ambiguous.", Grant.NONE));
        }
        if (!QueryRules.sendable(request.query())) {
            return refused(
                    exchange, Refusals.badRequest(request, "The query has characters that no query has.", Grant.NONE));
        }
        if (authenticator == null || exchange.route().auth() == Auth.NONE) {
            return withinLimits(exchange, extractor.strip(request), Grant.NONE);
        }
        Extraction extraction = extractor.extract(request);
        return switch (extraction.kind()) {
            case NONE ->
                exchange.route().auth() == Auth.OPTIONAL
                        ? withinLimits(exchange, extraction.stripped(), Grant.NONE)
                        : refused(exchange, Refusals.unauthenticated(request));
            case CONFLICT ->
                refused(exchange, Refusals.badRequest(request, "Two different API keys were presented.", Grant.NONE));
            case MALFORMED -> refused(exchange, failedAuthentication(request));
            case PRESENT -> authenticated(exchange, authenticator, extraction);
        };
    }

    /** The gateway's own request: nobody's key, nobody's limit. */
    CompletionStage<Admission> own(Exchange exchange) {
        return PathRules.unambiguous(exchange.request().path())
                ? lookedUp(exchange, extractor.strip(exchange.request()), Grant.NONE)
                : refused(exchange, Refusals.badRequest(exchange.request(), "The path is ambiguous.", Grant.NONE));
    }

    private CompletionStage<Admission> authenticated(Exchange exchange, KeyAuthenticator keys, Extraction extraction) {
        GatewayRequest request = exchange.request();
        KeyCredential credential = extraction.credential();
        if (credential == null) {
            throw new IllegalStateException("a present key has a credential");
        }
        Duration wait = failedAttempts.waitFor(request.clientAddress(), credential);
        if (!wait.isZero()) {
            return refused(exchange, Refusals.tooManyFailures(request, wait));
        }
        return authenticatorGuard
                .<Authentication>call(
                        () -> keys.authenticate(credential).thenApply(Authentication::of),
                        failure -> Authentication.FAILED,
                        late -> {},
                        exchange.thread().next())
                .thenCompose(authentication -> {
                    if (authentication == Authentication.FAILED) {
                        return refused(exchange, Refusals.unavailable(request, Grant.NONE));
                    }
                    if (authentication.caller().isEmpty()) {
                        return refused(exchange, failedAuthentication(request));
                    }
                    failedAttempts.succeeded(credential);
                    return covered(
                            exchange,
                            extraction.stripped(),
                            authentication.caller().get());
                });
    }

    private Answer failedAuthentication(GatewayRequest request) {
        Duration wait = failedAttempts.failed(request.clientAddress());
        return wait.isZero() ? Refusals.unauthenticated(request) : Refusals.tooManyFailures(request, wait);
    }

    private CompletionStage<Admission> covered(Exchange exchange, GatewayRequest stripped, Caller caller) {
        Terms terms = plans.get(caller.plan());
        Grant grant = new Grant(caller, terms, null);
        boolean covered = plans.isEmpty() || (terms != null && RequestRules.covers(terms.plan(), exchange));
        return covered
                ? withinLimits(exchange, stripped, grant)
                : refused(exchange, Refusals.notInPlan(exchange.request(), grant));
    }

    private CompletionStage<Admission> withinLimits(Exchange exchange, GatewayRequest stripped, Grant grant) {
        Terms terms = grant.terms();
        Caller caller = grant.caller();
        if (terms == null || caller == null || !terms.limits()) {
            return lookedUp(exchange, stripped, grant);
        }
        boolean here = limits.mayBlock() && exchange.thread().mayBlock();
        CompletionStage<Admission> begun = here ? lookedUp(exchange, stripped, grant) : null;
        CompletableFuture<Decision> decision = limits.tryAcquire(
                        new RateLimiter.Request(
                                caller.id(),
                                terms.plan().limits(),
                                terms.plan().quota(),
                                exchange.route().cost()),
                        here,
                        exchange.thread().next())
                .toCompletableFuture();
        if (decision.isDone() && begun == null) {
            Decision given = decision.join();
            return given.allowed()
                    ? lookedUp(exchange, stripped, grant.decided(given))
                    : refused(exchange, overLimit(exchange, grant, given));
        }
        CompletionStage<Admission> lookup = begun == null ? lookedUp(exchange, stripped, grant) : begun;
        return decision.thenCompose(given -> given.allowed()
                ? lookup.thenApply(found -> found.granted(grant.decided(given)))
                : refused(exchange, overLimit(exchange, grant, given)));
    }

    private static Answer overLimit(Exchange exchange, Grant grant, Decision decision) {
        return decision == Limits.UNDECIDED
                ? Refusals.unavailable(exchange.request(), grant)
                : Refusals.limited(exchange.request(), grant.decided(decision));
    }

    /** Never fails, whatever a store may hold: by now there may be a reservation, and it must come to its end. */
    private CompletionStage<Admission> lookedUp(Exchange exchange, GatewayRequest keyless, Grant grant) {
        Answer here = RequestRules.lastStop(exchange, grant);
        if (here != null) {
            return refused(exchange, here);
        }
        CachePolicy policy = exchange.route().cache();
        // Before anything is keyed or added: a client's Connection field must remove neither variants nor fields of
        // ours.
        GatewayRequest stripped = keyless.withHeaders(Explain.strip(HopByHop.endToEnd(keyless.headers())));
        CacheRequest request = CacheRequest.of(policy, stripped);
        CacheRules.Use use = request.use();
        if (use != CacheRules.Use.LOOKUP) {
            return CompletableFuture.completedFuture(new Admission(exchange, stripped, grant, use, null, null, null));
        }
        GatewayRequest forwarded = request.forwarded();
        Caller caller = grant.caller();
        String partition = caller == null ? "" : caller.id(); // no caller's id is empty
        CacheKey key = CacheRules.keyFor(exchange.route().storedAs(forwarded), policy, forwarded, partition);
        CompletableFuture<SharedCache.Lookup> lookup =
                cache.lookup(policy, key, request).toCompletableFuture();
        if (lookup.isDone() && !lookup.isCompletedExceptionally()) { // in memory: what every hit is
            return CompletableFuture.completedFuture(
                    new Admission(exchange, forwarded, grant, use, key, lookup.join(), null));
        }
        BiFunction<SharedCache.Lookup, @Nullable Throwable, Admission> admission = (found, failure) -> new Admission(
                exchange,
                forwarded,
                grant,
                use,
                key,
                failure == null ? found : new SharedCache.Lookup(SharedCache.Result.MISS, null, key),
                null);
        return lookup.isDone()
                ? lookup.handle(admission)
                : lookup.handleAsync(admission, exchange.thread().next());
    }

    private static CompletionStage<Admission> refused(Exchange exchange, Answer refusal) {
        return CompletableFuture.completedFuture(Admission.refused(exchange, refusal));
    }

    /** What the authenticator said; {@link #FAILED} if it could not say. */
    private record Authentication(Optional<Caller> caller) {
        static final Authentication FAILED = new Authentication(Optional.empty());

        static Authentication of(Optional<Caller> caller) {
            return new Authentication(Objects.requireNonNull(caller));
        }
    }
}
