package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Combiner;
import org.jspecify.annotations.Nullable;

/** A combiner that has use for certain answers only; the others are as good as none, and the backends' failures. */
interface SelectiveCombiner extends Combiner {
    /** Why such an answer, in memory, is of no use; null if it is of use. Called by any thread, holding no lock. */
    @Nullable
    String unfit(GatewayResponse answer);
}
