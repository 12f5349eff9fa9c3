package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entity tags and how they compare (RFC 9110 section 8.8.3). Reads anything without failing, in linear time. */
final class EntityTags {
    private EntityTags() {}

    /** The tag of a response with its {@code W/}, if any; null if there is no tag, or not one, or one that is none. */
    static @Nullable String of(Headers response) {
        List<String> lines = response.all("ETag");
        String tag = lines.size() == 1 ? Ascii.trim(lines.get(0)) : "";
        return isQuoted(opaque(tag)) ? tag : null;
    }

    static boolean isStrong(String tag) {
        return isQuoted(tag);
    }

    /** The strong tag of a response; null if it has none. */
    static @Nullable String strong(Headers response) {
        String tag = of(response);
        return tag != null && isStrong(tag) ? tag : null;
    }

    /** Weak comparison (section 8.8.3.2) with a list of tags, or {@code *}, which any stored response matches. */
    static boolean listed(List<String> lines, Headers response) {
        String tag = of(response);
        String own = tag == null ? null : opaque(tag);
        for (String line : lines) {
            if (Ascii.trim(line).equals("*") || (own != null && lists(line, own))) {
                return true;
            }
        }
        return false;
    }

    private static boolean lists(String line, String own) {
        int at = 0;
        while (at < line.length()) {
            int open = line.indexOf('"', at);
            int close = open < 0 ? -1 : line.indexOf('"', open + 1);
            if (close < 0) {
                return false;
            }
            if (close + 1 - open == own.length() && line.startsWith(own, open)) {
                return true;
            }
            at = close + 1;
        }
        return false;
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    private static boolean isQuoted(String tag) {
        return tag.length() >= 2 && tag.charAt(0) == '"' && tag.indexOf('"', 1) == tag.length() - 1;
    }
}
