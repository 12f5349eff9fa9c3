package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import java.util.ArrayList;
import java.util.List;

/** What is no longer to be relied upon after a request that may have changed something (RFC 9111 section 4.4). */
final class Invalidation {
    private Invalidation() {}

    /** @param origins the authorities by which the origin may be named */
    static List<String> targets(GatewayRequest request, GatewayResponse response, List<String> origins) {
        if (request.isSafe() || response.status() < 200 || response.status() >= 400) {
            return List.of();
        }
        List<String> targets = new ArrayList<>(3);
        targets.add(request.target());
        for (String name : List.of("Location", "Content-Location")) {
            List<String> values = response.headers().all(name);
            if (values.size() == 1) {
                for (String target : References.targets(request.target(), Ascii.trim(values.get(0)), origins)) {
                    if (!targets.contains(target)) {
                        targets.add(target);
                    }
                }
            }
        }
        return targets;
    }
}
