package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import java.util.ArrayList;
import java.util.List;

/** See {@link Selectors#listed()}. */
enum Listed implements BackendSelector {
    INSTANCE;

    @Override
    public List<Backend> plan(GatewayRequest request, List<BackendStatus> backends) {
        List<Backend> ranked = new ArrayList<>(backends.size());
        append(ranked, backends, true);
        append(ranked, backends, false);
        return ranked;
    }

    static void append(List<Backend> ranked, List<BackendStatus> backends, boolean available) {
        for (BackendStatus status : backends) {
            if (status.available() == available) {
                ranked.add(status.backend());
            }
        }
    }

    @Override
    public String toString() {
        return "listed";
    }
}
