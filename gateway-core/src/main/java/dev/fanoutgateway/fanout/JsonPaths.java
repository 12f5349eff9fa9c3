package dev.fanoutgateway.fanout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Places in JSON documents: JSON Pointers (RFC 6901), in which {@code *} stands for any one member or element, and {@code **}
 * for any number of them, none included; elements have no other name than {@code *}. A place is all that is beneath it.
 * Examples: {@code /meta}, {@code /items/*}{@code /updated}, {@code /**}{@code /requestId}.
 */
public final class JsonPaths {
    static final String ANY = "*";
    private static final String ANY_NUMBER = "**";
    private static final JsonPaths NONE = new JsonPaths(List.of(), List.of());

    private final List<String> texts;
    private final List<List<String>> patterns;

    private JsonPaths(List<String> texts, List<List<String>> patterns) {
        this.texts = texts;
        this.patterns = patterns;
    }

    /** No place. */
    public static JsonPaths none() {
        return NONE;
    }

    /**
     * These places.
     *
     * @throws IllegalArgumentException if one does not begin with {@code /}, ends with one, or has another {@code ~} than
     *     {@code ~0} and {@code ~1}
     */
    public static JsonPaths of(String... pointers) {
        List<List<String>> patterns = new ArrayList<>(pointers.length);
        for (String pointer : pointers) {
            if (!pointer.startsWith("/") || pointer.endsWith("/") || pointer.matches(".*~([^01].*)?")) {
                throw new IllegalArgumentException(
                        "expected a JSON Pointer such as /meta or /items/*/updated, got '" + pointer + "'");
            }
            patterns.add(Arrays.stream(pointer.substring(1).split("/", -1))
                    .map(name -> name.replace("~1", "/").replace("~0", "~"))
                    .toList());
        }
        return new JsonPaths(List.of(pointers), patterns);
    }

    /** Whether this place is one of them. What is beneath it is not asked for then. */
    boolean contain(List<String> path) {
        for (List<String> pattern : patterns) {
            if (matches(pattern, 0, path, 0)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(List<String> pattern, int from, List<String> path, int at) {
        if (from == pattern.size()) {
            return at == path.size();
        }
        String name = pattern.get(from);
        if (name.equals(ANY_NUMBER)) {
            for (int next = at; next <= path.size(); next++) {
                if (matches(pattern, from + 1, path, next)) {
                    return true;
                }
            }
            return false;
        }
        return at < path.size()
                && (name.equals(ANY) || name.equals(path.get(at)))
                && matches(pattern, from + 1, path, at + 1);
    }

    @Override
    public String toString() {
        return String.join(", ", texts);
    }
}
