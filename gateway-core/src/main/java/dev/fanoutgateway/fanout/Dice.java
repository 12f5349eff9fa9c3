package dev.fanoutgateway.fanout;

import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** Sources of chance for selectors, safe for use by any thread. */
final class Dice {
    private Dice() {}

    static RandomGenerator any() {
        return () -> ThreadLocalRandom.current().nextLong();
    }

    /** The same numbers for the same seed. */
    static RandomGenerator seeded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return () -> {
            synchronized (random) {
                return random.nextLong();
            }
        };
    }
}
