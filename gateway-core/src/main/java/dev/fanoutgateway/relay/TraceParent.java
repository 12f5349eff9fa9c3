package dev.fanoutgateway.relay;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The field {@code traceparent} (W3C Trace Context section 3.2).
 *
 * @param traceId 32 characters, lower-case hexadecimal, not all zero
 * @param parentId 16 such characters
 * @param flags of which the two that are defined are kept: sampled (1) and, from level 2, random trace id (2)
 */
record TraceParent(String traceId, String parentId, int flags) {
    private static final int LENGTH = 55;
    private static final int KNOWN_FLAGS = 3;
    private static final int SAMPLED = 1;
    private static final int RANDOM = 2;

    /** What the lines say; null if it is missing, there twice, or not valid (section 4.3). Never throws. */
    static @Nullable TraceParent parse(List<String> lines) {
        if (lines.size() != 1) {
            return null;
        }
        String line = lines.get(0);
        String text = FieldText.trimmed(line, 0, line.length());
        boolean wellFormed = text.length() >= LENGTH
                && isHex(text, 0, 2)
                && text.charAt(2) == '-'
                && isHex(text, 3, 35)
                && text.charAt(35) == '-'
                && isHex(text, 36, 52)
                && text.charAt(52) == '-'
                && isHex(text, 53, 55);
        if (!wellFormed || text.startsWith("ff")) {
            return null;
        }
        // Later versions may add parts, behind another hyphen (section 3.2.4).
        boolean longer = text.length() > LENGTH;
        if (longer && (text.startsWith("00") || text.charAt(LENGTH) != '-')) {
            return null;
        }
        String traceId = text.substring(3, 35);
        String parentId = text.substring(36, 52);
        if (isZero(traceId) || isZero(parentId)) {
            return null;
        }
        return new TraceParent(traceId, parentId, Integer.parseInt(text, 53, 55, 16) & KNOWN_FLAGS);
    }

    /**
     * A new trace. It counts as sampled, or backends that follow their caller would trace nothing any more; and as one whose id
     * is random, which those who sample by it want to know (level 2, section 3.2.2.5.2).
     */
    static TraceParent started() {
        return new TraceParent(RandomHex.sixteenOctets(), RandomHex.eightOctets(), SAMPLED | RANDOM);
    }

    /** The same trace with a step of ours. */
    TraceParent joined() {
        return new TraceParent(traceId, RandomHex.eightOctets(), flags);
    }

    /** As it is sent, in version 00. */
    String value() {
        return "00-" + traceId + '-' + parentId + "-0" + flags;
    }

    /** Lower case only (section 3.2.2). */
    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(String id) {
        for (int i = 0; i < id.length(); i++) {
            if (id.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }
}
