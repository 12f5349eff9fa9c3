package dev.fanoutgateway.fanout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fanoutgateway.http.GatewayResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers to one request, sorted by who agrees with whom. */
final class Camps {
    private Camps() {}

    /** The camps, the largest first, equal ones in the order of their first members. */
    static List<Camp> of(List<GatewayResponse> answers, JsonPaths ignored) {
        List<Camp> camps = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            GatewayResponse answer = answers.get(i);
            JsonNode content = JsonContent.of(answer);
            Camp found = null;
            for (Camp camp : camps) {
                if (camp.agrees(answer, content, ignored)) {
                    found = camp;
                    break;
                }
            }
            if (found == null) {
                found = new Camp(answer, content, new ArrayList<>());
                camps.add(found);
            }
            found.members().add(i);
        }
        camps.sort(Comparator.comparingInt((Camp camp) -> -camp.members().size()));
        return camps;
    }

    /**
     * Those that agree.
     *
     * @param answer what they say, in the words of the first
     * @param content the same as JSON; null if it is none
     * @param members which answers these are
     */
    record Camp(GatewayResponse answer, @Nullable JsonNode content, List<Integer> members) {
        private boolean agrees(GatewayResponse other, @Nullable JsonNode otherContent, JsonPaths ignored) {
            if (answer.status() != other.status()) {
                return false;
            }
            if (content == null || otherContent == null) {
                return content == otherContent
                        && Arrays.equals(answer.body().bytes(), other.body().bytes());
            }
            return JsonDiff.of(content, otherContent, ignored, 1).isEmpty();
        }
    }
}
