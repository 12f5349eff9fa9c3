package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.examples.standalone.Node.Field;
import dev.fanoutgateway.examples.standalone.Node.Fields;
import dev.fanoutgateway.examples.standalone.Node.Items;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one mapping of a configuration file key by key. What is wrong is reported, with line and key, and counts as
 * absent, so that reading goes on and finds everything. {@link #end()} reports the keys that nobody asked for.
 */
final class Section {
    private final Problems problems;
    private final String path;
    private final String pattern;
    private final int line;
    private final Map<String, Field> fields = new LinkedHashMap<>();
    private final TreeSet<String> known = new TreeSet<>();

    private Section(Problems problems, String path, String pattern, int line, Node node) {
        this.problems = problems;
        this.path = path;
        this.pattern = pattern;
        this.line = line;
        if (node instanceof Fields mapping) {
            mapping.fields().forEach(this::add);
        } else if (!Node.isNull(node)) {
            problems.add(line, path, "a mapping", node.kind());
        }
    }

    static Section root(Node document, Problems problems) {
        return new Section(problems, "", "", document.line(), document);
    }

    private void add(Field field) {
        Field before = fields.putIfAbsent(field.name(), field);
        if (before != null) {
            problems.add(field.line(), pathOf(field.name()), "the key once", "it again after line " + before.line());
        }
    }

    int line() {
        return line;
    }

    String path() {
        return path;
    }

    Problems problems() {
        return problems;
    }

    /** The scalar at {@code name}; empty if there is none, or none of this kind. */
    <T> Optional<T> value(String name, Value<T> kind) {
        return node(name).flatMap(node -> read(pathOf(name), node, kind));
    }

    /** Like {@link #value}, where {@code null} says that there is none. */
    <T> Optional<T> valueOrNull(String name, Value<T> kind) {
        return node(name).filter(node -> !Node.isNull(node)).flatMap(node -> read(pathOf(name), node, kind));
    }

    /** Like {@link #value}, and reported if it is absent. */
    <T> Optional<T> required(String name, Value<T> kind) {
        if (!has(name)) {
            missing(name, kind.expected());
        }
        return value(name, kind);
    }

    /** Gives the scalar at {@code name} to {@code taker}, whose IllegalArgumentException is reported. */
    <T> void set(String name, Value<T> kind, Consumer<? super T> taker) {
        value(name, kind).ifPresent(value -> check(name, () -> taker.accept(value)));
    }

    /** Runs what may refuse the value at {@code name} with an IllegalArgumentException {@code expected ..., got ...}. */
    void check(String name, Runnable action) {
        try {
            action.run();
        } catch (IllegalArgumentException e) {
            problems.add(lineOf(name), pathOf(name), String.valueOf(e.getMessage()));
        }
    }

    /** The scalars of the list at {@code name}; without those that are not of this kind. */
    <T> List<T> list(String name, Value<T> kind) {
        return items(name, (at, item) -> read(at, item, kind));
    }

    /** Like {@link #list(String, Value)}, where an item may be a mapping instead, which {@code mapping} reads. */
    <T> List<T> list(String name, Value<T> kind, Function<Section, Optional<T>> mapping) {
        return items(
                name,
                (at, item) -> item instanceof Fields
                        ? mapping.apply(child(at, patternOf(name) + "[]", item.line(), item))
                        : read(at, item, kind));
    }

    private <T> List<T> items(String name, BiFunction<String, Node, Optional<T>> reading) {
        List<T> values = new ArrayList<>();
        node(name).filter(node -> !Node.isNull(node)).ifPresent(node -> {
            if (node instanceof Items list) {
                for (int i = 0; i < list.items().size(); i++) {
                    reading.apply(pathOf(name) + '[' + i + ']', list.items().get(i))
                            .ifPresent(values::add);
                }
            } else {
                problems.add(lineOf(name), pathOf(name), "a list", node.kind());
            }
        });
        return values;
    }

    /** Like {@link #list}, where a scalar stands for a list of one. */
    <T> List<T> oneOrMore(String name, Value<T> kind) {
        return node(name)
                        .filter(node -> node instanceof Node.Scalar && !Node.isNull(node))
                        .isPresent()
                ? value(name, kind).map(List::of).orElseGet(List::of)
                : list(name, kind);
    }

    /** The mapping at {@code name}; empty if there is none. */
    Optional<Section> section(String name) {
        return node(name)
                .filter(node -> !Node.isNull(node))
                .map(node -> child(pathOf(name), patternOf(name), lineOf(name), node));
    }

    /** The mapping at {@code name}, or one without keys. */
    Section sectionOrEmpty(String name) {
        return section(name)
                .orElseGet(() -> child(pathOf(name), patternOf(name), lineOf(name), new Fields(line, List.of())));
    }

    /** The mappings of the list at {@code name}. */
    List<Section> sections(String name) {
        List<Section> sections = new ArrayList<>();
        node(name).filter(node -> !Node.isNull(node)).ifPresent(node -> {
            if (node instanceof Items list) {
                for (int i = 0; i < list.items().size(); i++) {
                    Node item = list.items().get(i);
                    sections.add(child(pathOf(name) + '[' + i + ']', patternOf(name) + "[]", item.line(), item));
                }
            } else {
                problems.add(lineOf(name), pathOf(name), "a list", node.kind());
            }
        });
        return sections;
    }

    /** The mappings within this one, whose keys are names, by these. */
    Map<String, Section> named() {
        Map<String, Section> sections = new LinkedHashMap<>();
        for (Field field : fields.values()) {
            String name = field.name();
            known.add(name);
            sections.put(name, child(pathOf(name), patternOf("*"), field.line(), field.value()));
        }
        return sections;
    }

    /** The keys of this mapping, which are names. */
    List<String> names() {
        known.addAll(fields.keySet());
        return List.copyOf(fields.keySet());
    }

    boolean has(String name) {
        known.add(name);
        return fields.containsKey(name);
    }

    /** The line of the key {@code name}; this section's if it is absent. */
    int lineOf(String name) {
        Field field = fields.get(name);
        return field == null ? line : field.line();
    }

    String pathOf(String name) {
        return path.isEmpty() ? Problems.shownName(name) : path + '.' + Problems.shownName(name);
    }

    /** Reports that {@code name} is absent. */
    void missing(String name, String expected) {
        problems.add(line, pathOf(name), expected, "nothing");
    }

    /** What stands at {@code name}, whatever it is; empty if nothing does, or it asks for what does not exist yet. */
    Optional<Node> node(String name) {
        known.add(name);
        @Nullable Field field = fields.get(name);
        if (field == null) {
            return Optional.empty();
        }
        Optional<NotAvailable> feature = NotAvailable.at(patternOf(name), field.value());
        feature.ifPresent(wanted ->
                problems.add(field.line(), pathOf(name), wanted.instead(), "something that is not available yet"));
        return feature.isPresent() ? Optional.empty() : Optional.of(field.value());
    }

    /** Reports the keys that nobody asked for. */
    void end() {
        String expected = known.isEmpty() ? "no key" : "one of " + String.join(", ", known);
        for (Field field : fields.values()) {
            if (!known.contains(field.name())) {
                problems.add(field.line(), pathOf(field.name()), expected, "an unknown key");
            }
        }
    }

    private <T> Optional<T> read(String at, Node node, Value<T> kind) {
        try {
            return Optional.of(kind.of(node));
        } catch (IllegalArgumentException e) {
            problems.add(node.line(), at, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Section child(String childPath, String childPattern, int childLine, Node node) {
        return new Section(problems, childPath, childPattern, childLine, node);
    }

    private String patternOf(String name) {
        return pattern.isEmpty() ? name : pattern + '.' + name;
    }
}
