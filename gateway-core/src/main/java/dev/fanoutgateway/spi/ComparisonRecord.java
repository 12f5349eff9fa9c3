package dev.fanoutgateway.spi;

import java.util.List;

/**
 * What became of a comparison of replicas.
 *
 * @param route the pattern of the route
 * @param group the replicas' backend group
 * @param result what it came to
 * @param compared how many answers were compared
 * @param findings who differs from whom, and where, in lines that hold no value of an answer; empty unless they diverge
 */
public record ComparisonRecord(String route, String group, Result result, int compared, List<String> findings) {
    /** What a comparison comes to. */
    public enum Result {
        /** All answers are the same. */
        AGREED,
        /** They are not. */
        DIVERGED,
        /** Fewer than two replicas gave an answer that can be compared. */
        INCOMPARABLE,
        /** It was not made: as many comparisons as may be were under way. */
        NO_ROOM,
        /** It was not made: as many as may be were made lately. */
        OVER_BUDGET
    }

    public ComparisonRecord {
        findings = List.copyOf(findings);
    }
}
