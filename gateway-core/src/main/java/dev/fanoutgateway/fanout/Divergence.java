package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Combiner.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a comparison of answers to one request has found.
 *
 * @param compared how many answers there were to compare
 * @param findings who agrees with whom, and where the others differ; no value of an answer is in it. Empty if all agree
 */
public record Divergence(int compared, List<String> findings) {
    /** Of no answers. */
    public static final Divergence NOTHING = new Divergence(0, List.of());

    private static final int MOST_PATHS = 10;

    public Divergence {
        findings = List.copyOf(findings);
    }

    /** Compares the answers there are; failures, 429 and 5xx are none. Takes time in proportion to them. */
    public static Divergence of(List<Part> parts, JsonPaths ignored) {
        List<String> names = new ArrayList<>(parts.size());
        List<GatewayResponse> answers = new ArrayList<>(parts.size());
        for (Part part : parts) {
            GatewayResponse response = part.response();
            if (response != null && response.status() < 500 && response.status() != 429) {
                names.add(part.outcome().backend().id());
                answers.add(response);
            }
        }
        List<Camps.Camp> camps = Camps.of(answers, ignored);
        return new Divergence(answers.size(), camps.size() < 2 ? List.of() : findings(camps, names, ignored));
    }

    /** Whether the answers differ. */
    public boolean found() {
        return !findings.isEmpty();
    }

    private static List<String> findings(List<Camps.Camp> camps, List<String> names, JsonPaths ignored) {
        Camps.Camp first = camps.get(0);
        List<String> lines = new ArrayList<>(camps.size());
        boolean majority = 2 * first.members().size() > names.size();
        lines.add((majority ? "most agree, " : "no majority; the largest camp, ")
                + first.members().size() + " of " + names.size() + ": " + named(first, names));
        for (Camps.Camp other : camps.subList(1, camps.size())) {
            lines.add(named(other, names) + " " + difference(first, other, ignored));
        }
        return lines;
    }

    private static String named(Camps.Camp camp, List<String> names) {
        return camp.members().stream().map(names::get).collect(Collectors.joining(", "));
    }

    private static String difference(Camps.Camp first, Camps.Camp other, JsonPaths ignored) {
        int status = other.answer().status();
        if (status != first.answer().status()) {
            return "answered with status " + status + ", not " + first.answer().status();
        }
        if (first.content() == null || other.content() == null) {
            return other.content() == first.content()
                    ? "differ in content that is no JSON"
                    : other.content() == null ? "answered with no JSON" : "answered with JSON, unlike those";
        }
        List<String> paths = JsonDiff.of(first.content(), other.content(), ignored, MOST_PATHS + 1);
        boolean more = paths.size() > MOST_PATHS;
        return "differ at " + String.join(", ", more ? paths.subList(0, MOST_PATHS) : paths) + (more ? ", ..." : "");
    }
}
