package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** See {@link Selectors#fastest()}. */
final class Fastest implements BackendSelector {
    /** What is expected of a backend of which nothing is known while it is already being tried. */
    private static final double UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final ConcurrentMap<Backend, PeakAverage> averages = new ConcurrentHashMap<>();

    Fastest(LongSupplier nanoTime, RandomGenerator random) {
        this.nanoTime = nanoTime;
        this.random = random;
    }

    @Override
    public List<Backend> plan(GatewayRequest request, List<BackendStatus> backends) {
        long now = nanoTime.getAsLong();
        return TwoChoices.ranked(backends, status -> load(status, now), random);
    }

    @Override
    public void onOutcome(AttemptOutcome outcome) {
        if (!outcome.wasMade()) {
            return;
        }
        PeakAverage average = averages.get(outcome.backend());
        if (average == null) {
            average = averages.computeIfAbsent(outcome.backend(), backend -> new PeakAverage());
        }
        long now = nanoTime.getAsLong();
        if (outcome.result() == AttemptOutcome.Result.CANCELLED) {
            average.atLeast(now, outcome.durationNanos());
        } else if (VitalSign.of(outcome, true) == VitalSign.FAILED) {
            average.fail(now, outcome.durationNanos());
        } else {
            average.observe(now, outcome.durationNanos());
        }
    }

    @Override
    public void onChange(String group, List<Backend> backends) {
        Set<Backend> left = Set.copyOf(backends);
        averages.keySet().removeIf(backend -> backend.group().equals(group) && !left.contains(backend));
    }

    /** Of how many backends it knows something. */
    int known() {
        return averages.size();
    }

    private double load(BackendStatus status, long now) {
        PeakAverage average = averages.get(status.backend());
        double expected = average == null ? 0 : average.expected(now);
        if (average == null && status.inFlight() > 0) {
            expected = UNKNOWN_NANOS;
        }
        return expected * (status.inFlight() + 1) / status.backend().weight();
    }

    @Override
    public String toString() {
        return "fastest";
    }
}
