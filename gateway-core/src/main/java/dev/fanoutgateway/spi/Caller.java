package dev.fanoutgateway.spi;

import java.util.Map;
import java.util.Objects;

/**
 * Who sent a request.
 *
 * @param id names the caller in limits, logs and metrics; never the key itself
 * @param plan the name of the caller's plan
 * @param attributes whatever else the authenticator knows
 */
public record Caller(String id, String plan, Map<String, String> attributes) {
    public Caller {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("expected a caller id, got an empty one");
        }
        Objects.requireNonNull(plan, "plan");
        attributes = Map.copyOf(attributes);
    }

    public Caller(String id, String plan) {
        this(id, plan, Map.of());
    }
}
