package dev.fanoutgateway.fanout;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The content of answers as JSON trees, numbers exact; with limits against content that is made to be expensive. */
final class JsonContent {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(200)
                            .maxNumberLength(1_000)
                            .build())
                    .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
            .build();

    private JsonContent() {}

    /** Has the classes loaded that reading and writing need. */
    static void warmUp() {
        JsonNode node = of(response(MAPPER.createObjectNode().put("number", 1.5)));
        if (node == null) {
            throw new IllegalStateException("expected to read what was written");
        }
    }

    /** The content; null if it is no JSON, or in a coding that was not asked for. */
    static @Nullable JsonNode of(GatewayResponse response) {
        if (isCoded(response)) {
            return null;
        }
        try {
            JsonNode node = MAPPER.readTree(response.body().bytes());
            return node == null || node.isMissingNode() ? null : node;
        } catch (IOException malformed) {
            return null;
        }
    }

    /** With what the content begins, which is read to its end but not kept; null if it is no JSON, as {@link #of} says. */
    static @Nullable JsonToken kind(GatewayResponse response) {
        if (isCoded(response)) {
            return null;
        }
        try (JsonParser parser = MAPPER.createParser(response.body().bytes())) {
            JsonToken first = parser.nextToken();
            parser.skipChildren();
            return parser.nextToken() == null ? first : null;
        } catch (IOException malformed) {
            return null;
        }
    }

    private static boolean isCoded(GatewayResponse response) {
        return !response.headers().first("Content-Encoding").orElse("identity").equalsIgnoreCase("identity");
    }

    /** A 200 with this content. */
    static GatewayResponse response(JsonNode content) {
        try {
            return new GatewayResponse(
                    200, Headers.of("Content-Type", "application/json"), Body.of(MAPPER.writeValueAsBytes(content)));
        } catch (JacksonException e) {
            throw new IllegalStateException("cannot write JSON that was read", e);
        }
    }
}
