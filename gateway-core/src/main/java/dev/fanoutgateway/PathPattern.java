package dev.fanoutgateway;

import org.jspecify.annotations.Nullable;

/**
 * A pattern for paths, compared segment by segment and with regard to case: {@code *} stands for one segment that is not
 * empty, {@code **} as the last segment for any rest, none included; everything else stands for itself. What is compared are
 * the characters that percent-escapes stand for, in the pattern and in the path: {@code /%61dmin} is {@code /admin}, since
 * that is how backends read it.
 *
 * <p>{@code /api/v1/**} matches {@code /api/v1}, {@code /api/v1/} and {@code /api/v1/a/b}, and not {@code /api/v10}.
 */
public final class PathPattern {
    /** Stands for {@code *}; no segment holds a slash. */
    private static final String ANY = "/";

    private final String text;
    private final String[] segments;
    private final boolean open;

    private PathPattern(String text, String[] segments, boolean open) {
        this.text = text;
        this.segments = segments;
        this.open = open;
    }

    /**
     * A pattern from its text.
     *
     * @throws IllegalArgumentException if it does not begin with {@code /}, has {@code **} elsewhere than at the end, a
     *     {@code *} within a segment, or a query; or if it matches no path that is ever forwarded: with empty or dot
     *     segments, path parameters, back slashes or ambiguous escapes
     */
    public static PathPattern of(String text) {
        if (!text.startsWith("/") || text.indexOf('?') >= 0 || text.indexOf('#') >= 0) {
            throw new IllegalArgumentException("expected a path pattern such as /api/**, got '" + text + "'");
        }
        boolean open = text.endsWith("/**");
        String fixed = open ? text.substring(0, text.length() - 3) : text;
        String example = (open ? fixed + "/x" : fixed).replaceAll("[^\\x00-\\x7f]", "x");
        if (!PathRules.unambiguous(example)) {
            throw new IllegalArgumentException(
                    "expected a path pattern without empty and dot segments, ';', '\\' and ambiguous escapes, got '"
                            + text + "'");
        }
        String[] segments = fixed.isEmpty() ? new String[0] : fixed.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            if (segments[i].indexOf('*') >= 0 && !segments[i].equals("*")) {
                throw new IllegalArgumentException(
                        "expected '*' as a whole segment and '**' only at the end, got '" + text + "'");
            }
            segments[i] = segments[i].equals("*") ? ANY : Escapes.decoded(segments[i]);
        }
        return new PathPattern(text, segments, open);
    }

    /** Whether {@code path}, as it was received, matches. */
    public boolean matches(String path) {
        return matchesDecoded(Escapes.decoded(path));
    }

    /** Whether {@code path} matches; see {@link Escapes#decoded}. */
    boolean matchesDecoded(String path) {
        int from = 0;
        for (String segment : segments) {
            if (from >= path.length() || path.charAt(from) != '/') {
                return false;
            }
            int end = path.indexOf('/', from + 1);
            if (end < 0) {
                end = path.length();
            }
            if (!matchesSegment(segment, path, from + 1, end)) {
                return false;
            }
            from = end;
        }
        return from == path.length() || (open && path.charAt(from) == '/');
    }

    private static boolean matchesSegment(String segment, String path, int from, int end) {
        if (segment.equals(ANY)) {
            return end > from;
        }
        return segment.length() == end - from && path.startsWith(segment, from);
    }

    /** The paths that both match; null if there are none. */
    @Nullable
    PathPattern and(PathPattern other) {
        PathPattern longer = segments.length >= other.segments.length ? this : other;
        PathPattern shorter = longer == this ? other : this;
        if (longer.segments.length > shorter.segments.length && !shorter.open) {
            return null;
        }
        String[] both = longer.segments.clone();
        for (int i = 0; i < shorter.segments.length; i++) {
            if (matchesSegment(both[i], shorter.segments[i])) {
                both[i] = shorter.segments[i];
            } else if (!matchesSegment(shorter.segments[i], both[i])) {
                return null;
            }
        }
        boolean opens = longer.segments.length == shorter.segments.length ? open && other.open : longer.open;
        return new PathPattern(text + " and " + other.text, both, opens);
    }

    /** Whether it matches every path that {@code other} matches. */
    boolean contains(PathPattern other) {
        boolean fits = open ? segments.length <= other.segments.length : segments.length == other.segments.length;
        if (!fits || (other.open && !open)) {
            return false;
        }
        for (int i = 0; i < segments.length; i++) {
            if (!matchesSegment(segments[i], other.segments[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean matchesSegment(String segment, String other) {
        return segment.equals(other) || (segment.equals(ANY) && !other.isEmpty());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathPattern pattern && text.equals(pattern.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
