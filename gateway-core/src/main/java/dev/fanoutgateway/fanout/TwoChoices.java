package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/** Puts backends in order: for each rank the better of two that are drawn by weight from those left. */
final class TwoChoices {
    private TwoChoices() {}

    /** @param load of two, the one with less is better; with as much, the one drawn first */
    static List<Backend> ranked(
            List<BackendStatus> backends, ToDoubleFunction<BackendStatus> load, RandomGenerator random) {
        List<BackendStatus> left = new ArrayList<>(backends.size());
        int weight = 0;
        for (BackendStatus status : backends) {
            if (status.available()) {
                left.add(status);
                weight += status.backend().weight();
            }
        }
        List<Backend> ranked = new ArrayList<>(backends.size());
        while (!left.isEmpty()) {
            int best = left.size() == 1 ? 0 : better(left, weight, load, random);
            Backend chosen = left.get(best).backend();
            weight -= chosen.weight();
            left.set(best, left.get(left.size() - 1)); // their order is of no account, and this moves nobody else
            left.remove(left.size() - 1);
            ranked.add(chosen);
        }
        Listed.append(ranked, backends, false);
        return ranked;
    }

    private static int better(
            List<BackendStatus> left, int weight, ToDoubleFunction<BackendStatus> load, RandomGenerator random) {
        int first = drawn(left, weight, -1, random);
        int second = drawn(left, weight - left.get(first).backend().weight(), first, random);
        return load.applyAsDouble(left.get(second)) < load.applyAsDouble(left.get(first)) ? second : first;
    }

    /** One of them by weight, but not {@code except}; {@code weight} is that of those who may be drawn. */
    private static int drawn(List<BackendStatus> left, int weight, int except, RandomGenerator random) {
        int at = random.nextInt(weight);
        int i = -1;
        while (at >= 0) {
            i++;
            if (i != except) {
                at -= left.get(i).backend().weight();
            }
        }
        return i;
    }
}
