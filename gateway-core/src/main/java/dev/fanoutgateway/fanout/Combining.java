package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Combiner;
import dev.fanoutgateway.spi.Combiner.Part;
import dev.fanoutgateway.spi.RaceRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The end of a collection: the answers are there, nothing runs any more, and the combiner makes one of them. */
record Combining(FanoutResult collected, LongSupplier elapsedNanos, CompletableFuture<FanoutResult> result) {

    void begin(Combiner combiner, Fanout.Plan plan, List<Part> parts) {
        try {
            CompletionStage<GatewayResponse> stage = combiner.combine(plan.request(), parts);
            stage.whenComplete((response, failure) -> result.complete(ended(response)));
        } catch (Throwable failure) { // a null stage, too: a combiner is told of by whoever guards it
            result.complete(ended(null));
        }
    }

    private FanoutResult ended(@Nullable GatewayResponse response) {
        FanoutResult.Cause cause = response == null ? FanoutResult.Cause.UNCOMBINED : FanoutResult.Cause.ACCEPTED;
        RaceRecord race = collected.race().ended(cause.name(), elapsedNanos.getAsLong());
        return new FanoutResult(cause, response, null, race);
    }
}
