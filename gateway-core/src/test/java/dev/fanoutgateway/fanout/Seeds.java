package dev.fanoutgateway.fanout;

import java.util.function.IntConsumer;

/** Runs what chance decides, once for each seed, and names the seed of whatever fails, thrown anywhere. */
final class Seeds {
    private Seeds() {}

    /** @param end the first seed that is not run */
    static void each(int from, int end, IntConsumer run) {
        for (int seed = from; seed < end; seed++) {
            try {
                run.accept(seed);
            } catch (RuntimeException | Error failure) {
                throw new AssertionError("with the seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
    }
}
