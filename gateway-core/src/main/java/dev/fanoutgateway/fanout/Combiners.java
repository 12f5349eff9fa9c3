package dev.fanoutgateway.fanout;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Combiner;
import dev.fanoutgateway.spi.Combiner.Part;
import dev.fanoutgateway.spi.PluginFailure;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The built-in combiners. They read JSON in memory, acceptable answers only, in the order of the candidates. An answer that one
 * has no use for is not acceptable, whatever the route accepts: its backend has failed. The numbers stay as they are. To a
 * HEAD they give no content.
 */
public final class Combiners {
    private static final Combiner ARRAY = new JsonCombiner("array", false, Combiners::concatenated);
    private static final Combiner MERGE = new JsonCombiner("merge", true, Combiners::merged);
    private static final Combiner MAJORITY = new Majority();

    static {
        JsonContent.warmUp(); // or the first request to be combined pays for it, out of a plug-in's time
    }

    private Combiners() {}

    /** One array of all answers, which are JSON: the elements of those that are arrays, and the others as they are. */
    public static Combiner jsonArray() {
        return ARRAY;
    }

    /**
     * One object with the members of all answers, which are JSON objects. Where several have a member, objects are merged in
     * the same way, and of other values the best-ranked candidate's counts.
     */
    public static Combiner jsonMerge() {
        return MERGE;
    }

    /**
     * The answer that most gave, status, fields and all: the best-ranked candidate's of those that agree, and of several
     * equally large camps the one with the best-ranked candidate. JSON is compared as such: neither white space nor the
     * order of members matters. Content that is no JSON is compared byte by byte.
     */
    public static Combiner majority() {
        return MAJORITY;
    }

    private static List<GatewayResponse> acceptable(List<Part> parts) {
        List<GatewayResponse> answers = new ArrayList<>(parts.size());
        for (Part part : parts) {
            GatewayResponse response = part.response();
            if (part.accepted() && response != null) {
                answers.add(response);
            }
        }
        return answers;
    }

    private static JsonNode concatenated(List<JsonNode> contents) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (JsonNode content : contents) {
            if (content instanceof ArrayNode elements) {
                all.addAll(elements);
            } else {
                all.add(content);
            }
        }
        return all;
    }

    private static @Nullable JsonNode merged(List<JsonNode> contents) {
        ObjectNode all = null;
        for (JsonNode content : contents) {
            if (content instanceof ObjectNode object) {
                if (all == null) {
                    all = object;
                } else {
                    merge(all, object);
                }
            }
        }
        return all;
    }

    private static void merge(ObjectNode into, ObjectNode from) {
        Iterator<Map.Entry<String, JsonNode>> members = from.properties().iterator();
        while (members.hasNext()) {
            Map.Entry<String, JsonNode> member = members.next();
            JsonNode present = into.get(member.getKey());
            if (present == null) {
                into.set(member.getKey(), member.getValue());
            } else if (present instanceof ObjectNode object && member.getValue() instanceof ObjectNode other) {
                merge(object, other);
            }
        }
    }

    /** Makes one content of several, of objects only if it wants those. */
    private record JsonCombiner(String name, boolean objects, Function<List<JsonNode>, @Nullable JsonNode> function)
            implements SelectiveCombiner {
        @Override
        public @Nullable String unfit(GatewayResponse answer) {
            JsonToken kind = JsonContent.kind(answer);
            if (kind == null) {
                return "not acceptable: no JSON, which is to be combined";
            }
            return objects && kind != JsonToken.START_OBJECT
                    ? "not acceptable: no JSON object, which is to be combined"
                    : null;
        }

        @Override
        public CompletionStage<GatewayResponse> combine(GatewayRequest request, List<Part> parts) {
            if (request.method().equals("HEAD")) {
                return CompletableFuture.completedFuture(
                        new GatewayResponse(200, Headers.of("Content-Type", "application/json"), Body.empty()));
            }
            List<JsonNode> contents = new ArrayList<>(parts.size());
            for (GatewayResponse answer : acceptable(parts)) {
                JsonNode content = JsonContent.of(answer);
                if (content != null) {
                    contents.add(content);
                }
            }
            JsonNode content = contents.isEmpty() ? null : function.apply(contents);
            if (content == null) {
                throw new PluginFailure("expected JSON in one answer at least, got none");
            }
            return CompletableFuture.completedFuture(JsonContent.response(content));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final class Majority implements Combiner {
        @Override
        public CompletionStage<GatewayResponse> combine(GatewayRequest request, List<Part> parts) {
            List<Camps.Camp> camps = Camps.of(acceptable(parts), JsonPaths.none());
            if (camps.isEmpty()) {
                throw new PluginFailure("expected one acceptable answer at least, got none");
            }
            return CompletableFuture.completedFuture(camps.get(0).answer());
        }

        @Override
        public String toString() {
            return "majority";
        }
    }
}
