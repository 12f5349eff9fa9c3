package dev.fanoutgateway.caching;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reference in a response's field names on the same origin (RFC 3986 section 5.2). Reads anything without failing, in
 * linear time: what a strict reader refuses (blanks, brackets, letters beyond ASCII) is what clients ask for after they have
 * escaped it.
 */
final class References {
    /** What stands in paths and queries as it is: RFC 3986 section 3.3, and a percent sign, since it is escaped already. */
    private static final String PLAIN = "-._~!$&'()*+,;=:@/?%";

    private static final String HEX = "0123456789ABCDEF";

    private References() {}

    /**
     * Path and query, as clients may write them; empty if the reference names nothing, or something elsewhere.
     *
     * @param base path and query of the request
     * @param origins the authorities by which the origin may be named, letter by letter but for their case
     */
    static List<String> targets(String base, String reference, List<String> origins) {
        int fragment = reference.indexOf('#');
        String named = fragment < 0 ? reference : reference.substring(0, fragment);
        String target = target(base, named, origins);
        if (target == null) {
            return List.of();
        }
        List<String> targets = new ArrayList<>(2);
        targets.add(escaped(target, PLAIN));
        String lenient = escaped(target, PLAIN + "[]{}|\\^`\"<>"); // some clients leave these as they are
        if (!targets.contains(lenient)) {
            targets.add(lenient);
        }
        return targets;
    }

    private static @Nullable String target(String base, String named, List<String> origins) {
        String rest = named;
        int scheme = endOfScheme(named);
        if (scheme >= 0) {
            String name = Ascii.lower(named.substring(0, scheme));
            rest = named.substring(scheme + 1);
            if (!(name.equals("http") || name.equals("https")) || !rest.startsWith("//")) {
                return null;
            }
        }
        if (rest.startsWith("//")) {
            int end = endOfAuthority(rest);
            String authority = rest.substring(2, end);
            if (origins.stream().noneMatch(authority::equalsIgnoreCase)) {
                return null;
            }
            String target = rest.substring(end);
            return rooted(target.startsWith("/") ? target : "/" + target); // RFC 9110 section 4.2.3
        }
        String path = pathOf(base);
        if (rest.isEmpty()) {
            return base;
        }
        return switch (rest.charAt(0)) {
            case '/' -> rooted(rest);
            case '?' -> path + rest;
            default -> rooted(path.substring(0, path.lastIndexOf('/') + 1) + rest);
        };
    }

    /** Where the colon after a scheme stands; -1 if there is none. */
    private static int endOfScheme(String named) {
        for (int i = 0; i < named.length(); i++) {
            char c = named.charAt(i);
            if (c == ':') {
                return i == 0 ? -1 : i;
            }
            boolean other = c == '+' || c == '-' || c == '.' || Ascii.isDigit(c);
            if (!(Ascii.isAlpha(c) || (i > 0 && other))) {
                return -1;
            }
        }
        return -1;
    }

    private static int endOfAuthority(String rest) {
        for (int i = 2; i < rest.length(); i++) {
            if (rest.charAt(i) == '/' || rest.charAt(i) == '?') {
                return i;
            }
        }
        return rest.length();
    }

    /** Without {@code .} and {@code ..} in the path (section 5.2.4). */
    private static String rooted(String target) {
        String path = pathOf(target);
        if (!path.contains("/.")) {
            return target;
        }
        StringBuilder kept = new StringBuilder(path.length());
        int start = 0; // of a segment, at its slash
        while (start < path.length()) {
            int next = path.indexOf('/', start + 1);
            int end = next < 0 ? path.length() : next;
            String segment = path.substring(start + 1, end);
            if (segment.equals("..")) {
                kept.setLength(Math.max(0, kept.lastIndexOf("/")));
            } else if (!segment.equals(".")) {
                kept.append(path, start, end);
            }
            boolean dots = segment.equals(".") || segment.equals("..");
            if (next < 0 && dots) {
                kept.append('/');
            }
            start = end;
        }
        return kept.append(target, path.length(), target.length()).toString();
    }

    private static String pathOf(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static String escaped(String target, String plain) {
        boolean asItIs = target.chars().allMatch(c -> isPlain((char) c, plain));
        if (asItIs) {
            return target;
        }
        StringBuilder text = new StringBuilder(target.length() + 16);
        for (byte octet : target.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if (isPlain(c, plain)) {
                text.append(c);
            } else {
                text.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
            }
        }
        return text.toString();
    }

    private static boolean isPlain(char c, String plain) {
        return c < 0x80 && (Ascii.isAlpha(c) || Ascii.isDigit(c) || plain.indexOf(c) >= 0);
    }
}
