package dev.fanoutgateway.caching;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One choice for a field of a generated message, and in plain facts what it means by the RFCs; pools.mjs says which.
 *
 * @param lines the field's values; none if it is absent
 * @param said what it says; 1 for a directive without argument
 * @param millis the date it means; {@link HttpDates#INVALID} if none
 * @param odd what is odd about its spelling; empty if nothing
 */
record PeerChoice(List<String> lines, Map<String, Long> said, long millis, String odd, JsonNode node) {
    static PeerChoice of(JsonNode node) {
        List<String> lines = new ArrayList<>();
        node.path("l").forEach(line -> lines.add(line.asText()));
        if (node.has("t")) {
            lines.add(node.path("t").asText());
        }
        Map<String, Long> said = new HashMap<>();
        node.path("s").properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            said.put(entry.getKey(), value.isBoolean() ? 1 : value.asLong());
        });
        if (node.path("s").isNumber()) {
            said.put("seconds", node.path("s").asLong());
        }
        long millis = node.path("ms").asLong(HttpDates.INVALID);
        return new PeerChoice(lines, said, millis, node.path("o").asText(), node);
    }

    boolean absent() {
        return lines.isEmpty();
    }

    String text() {
        return lines.get(0);
    }

    long seconds() {
        return said.getOrDefault("seconds", 0L);
    }

    boolean isDate() {
        return millis != HttpDates.INVALID;
    }

    boolean flag(String fact) {
        return node.path(fact).asBoolean();
    }

    /** A fact in words; null where it is not stated. */
    @Nullable
    String word(String fact) {
        return node.has(fact) ? node.path(fact).asText() : null;
    }
}
