package dev.fanoutgateway.spi;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes one answer of those of several backends.
 *
 * <p>Called once for each collection that has answers enough, on one of the gateway's executor's threads, on which it may
 * block; by any number of threads at once. If it throws, gives nothing, or takes longer than a plug-in may (see {@code
 * GatewayBuilder.pluginTimeout}), the caller gets an error with the reason {@code uncombined}, and the developers are told.
 */
public interface Combiner {
    /**
     * The answer.
     *
     * <p>It is cached and shared as any other. Where it says nothing of caching ({@code Cache-Control}, {@code Expires}, {@code
     * Vary}) and the acceptable answers do, the gateway adds what holds for all of them, so that what one backend calls
     * private is not shared because another one is silent. Where all were to answer and one has failed, it is kept for a
     * second: who asks meanwhile shares it, and what it lacks is not missing for longer. Fields for one connection and
     * {@code Content-Length} are left out.
     *
     * @param request as the backends got it: without any key of the gateway's own, without conditions and ranges; if it is a
     *     HEAD, nobody's answer has content, nor needs this one
     * @param parts what became of every attempt, the failed and late ones included, in the order of the candidates; no
     *     backend has two but where it was passed over first; at least as many are {@link Part#accepted()} as were wanted
     */
    CompletionStage<GatewayResponse> combine(GatewayRequest request, List<Part> parts);

    /** A combiner that has its answer at once, or blocks until it has. */
    static Combiner of(BiFunction<GatewayRequest, List<Part>, GatewayResponse> function) {
        Objects.requireNonNull(function, "function");
        return (request, parts) -> CompletableFuture.completedFuture(function.apply(request, parts));
    }

    /**
     * What one attempt came to.
     *
     * @param outcome who was asked, what became of it and why; {@link Result#WON} if the answer is acceptable
     * @param response the answer, in memory, whether acceptable or not; null if there is none
     */
    record Part(AttemptOutcome outcome, @Nullable GatewayResponse response) {
        /** Whether there is an answer, and it is acceptable. */
        public boolean accepted() {
            return outcome.result() == Result.WON && response != null;
        }

        /** Whether the backend was still at work when its time was up or when there were answers enough. */
        public boolean late() {
            return outcome.result() == Result.TIMED_OUT || outcome.result() == Result.CANCELLED;
        }
    }
}
