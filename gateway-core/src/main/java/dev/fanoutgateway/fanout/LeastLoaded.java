package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import java.util.List;
import java.util.random.RandomGenerator;

/** See {@link Selectors#leastLoaded()}. */
record LeastLoaded(RandomGenerator random) implements BackendSelector {
    @Override
    public List<Backend> plan(GatewayRequest request, List<BackendStatus> backends) {
        return TwoChoices.ranked(
                backends,
                status -> (double) status.inFlight() / status.backend().weight(),
                random);
    }

    @Override
    public String toString() {
        return "least-loaded";
    }
}
