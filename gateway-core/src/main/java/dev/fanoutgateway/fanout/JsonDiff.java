package dev.fanoutgateway.fanout;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where two JSON values differ: JSON Pointers (RFC 6901), with {@code *} for the index of an element, so that a list that
 * differs in every element is one place and not a thousand. Never a value. Numbers are equal if their values are.
 */
final class JsonDiff {
    private static final int LONGEST_NAME = 64;

    private final JsonPaths ignored;
    private final int most;
    private final List<String> path = new ArrayList<>();
    private final Set<String> found = new LinkedHashSet<>();

    private JsonDiff(JsonPaths ignored, int most) {
        this.ignored = ignored;
        this.most = most;
    }

    /** At most so many places. */
    static List<String> of(JsonNode one, JsonNode other, JsonPaths ignored, int most) {
        JsonDiff diff = new JsonDiff(ignored, most);
        diff.compare(one, other);
        return List.copyOf(diff.found);
    }

    private void compare(JsonNode one, JsonNode other) {
        if (found.size() >= most || ignored.contain(path)) {
            return;
        }
        if (one.isObject() && other.isObject()) {
            compareMembers(one, other);
        } else if (one.isArray() && other.isArray()) {
            compareElements(one, other);
        } else if (!sameValue(one, other)) {
            add();
        }
    }

    private void compareMembers(JsonNode one, JsonNode other) {
        Set<String> names = new TreeSet<>();
        one.fieldNames().forEachRemaining(names::add);
        other.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            path.add(name);
            compare(one.path(name), other.path(name)); // a missing node equals no other
            path.remove(path.size() - 1);
        }
    }

    private void compareElements(JsonNode one, JsonNode other) {
        int common = Math.min(one.size(), other.size());
        for (int i = 0; i < common; i++) {
            path.add(JsonPaths.ANY);
            compare(one.get(i), other.get(i));
            path.remove(path.size() - 1);
        }
        if (one.size() != other.size() && found.size() < most) {
            add();
        }
    }

    private static boolean sameValue(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.decimalValue().compareTo(other.decimalValue()) == 0;
        }
        return one.getNodeType() == other.getNodeType() && one.equals(other);
    }

    private void add() {
        StringBuilder pointer = new StringBuilder();
        for (String name : path) {
            String shown = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "..." : name;
            pointer.append('/')
                    .append(shown.replaceAll("\\p{Cntrl}", "?")
                            .replace("~", "~0")
                            .replace("/", "~1"));
        }
        found.add(pointer.isEmpty() ? "/" : pointer.toString());
    }
}
