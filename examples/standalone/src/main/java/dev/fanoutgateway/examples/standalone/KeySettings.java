package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.auth.KeyEntry;
import dev.fanoutgateway.auth.KeysFile;
import dev.fanoutgateway.examples.standalone.Node.Items;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys, {@code keys} and {@code keys-file}.
 *
 * @param entries those in this file
 * @param file where there are more; null for nowhere
 * @param mentioned whether the configuration speaks of keys at all
 * @param none whether nobody can have a key
 */
record KeySettings(List<KeyEntry> entries, @Nullable Path file, boolean mentioned, boolean none) {
    private static final Value<String> PLAN = Value.text("the name of a plan", Optional::of);

    /** Reads both keys, and the file that {@code keys-file} names, relative to {@code directory}. */
    static KeySettings read(Section root, Path directory) {
        Set<String> plans = Set.copyOf(root.sectionOrEmpty("plans").names());
        boolean mentioned = root.has("keys") || root.has("keys-file");
        boolean listed = root.node("keys")
                .filter(node -> node instanceof Items list && !list.items().isEmpty())
                .isPresent();
        List<KeyEntry> entries = new ArrayList<>();
        Earlier earlier = new Earlier(new HashMap<>(), new HashMap<>());
        for (Section in : root.sections("keys")) {
            entry(in, plans).ifPresent(entry -> {
                earlier.compare(in, entry);
                entries.add(entry);
            });
        }
        List<Path> files = new ArrayList<>();
        root.valueOrNull("keys-file", Value.TEXT)
                .ifPresent(name -> root.check("keys-file", () -> {
                    Path file = resolved(directory, name);
                    files.add(file);
                    tryOut(root, file, plans);
                }));
        boolean none = !listed && root.valueOrNull("keys-file", Value.TEXT).isEmpty();
        return new KeySettings(List.copyOf(entries), files.isEmpty() ? null : files.get(0), mentioned, none);
    }

    private static Optional<KeyEntry> entry(Section in, Set<String> plans) {
        Optional<String> id = in.required("id", Value.TEXT);
        Optional<String> plan = in.required("plan", PLAN);
        Optional<String> key = in.value("key", Value.TEXT);
        Optional<String> sha256 = in.value("sha256", Value.TEXT);
        List<KeyEntry> entry = new ArrayList<>();
        plan.filter(name -> !plans.contains(name))
                .ifPresent(name -> in.problems()
                        .add(
                                in.lineOf("plan"),
                                in.pathOf("plan"),
                                plans.isEmpty()
                                        ? "a plan of the section plans"
                                        : "one of the plans: " + String.join(", ", plans),
                                Problems.shown(name)));
        if (in.has("key") && in.has("sha256")) {
            in.problems().add(in.lineOf("sha256"), in.pathOf("sha256"), "either key or sha256", "both");
        } else if (!in.has("key") && !in.has("sha256")) {
            in.missing("key", "key or sha256");
        } else if (id.isPresent() && plan.isPresent() && (key.isPresent() || sha256.isPresent())) {
            check(
                    in,
                    () -> entry.add(
                            key.isPresent()
                                    ? KeyEntry.ofKey(id.get(), key.get(), plan.get())
                                    : new KeyEntry(id.get(), sha256.orElseThrow(), plan.get(), null, Map.of())));
        }
        var expires = in.valueOrNull("expires", Value.INSTANT);
        in.end();
        return entry.stream()
                .findFirst()
                .map(made -> expires.map(made::expiresAt).orElse(made));
    }

    /** Runs what refuses a field with {@code field: expected ..., got ...}. */
    private static void check(Section in, Runnable action) {
        try {
            action.run();
        } catch (IllegalArgumentException e) {
            String[] parts = String.valueOf(e.getMessage()).split(": ", 2);
            in.problems().add(in.lineOf(parts[0]), in.pathOf(parts[0]), parts[parts.length - 1]);
        }
    }

    private static Path resolved(Path directory, String name) {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("expected a path, got text that is none", e);
        }
    }

    /** Reads the file once, so that what is wrong with it is said before anything is served. */
    private static void tryOut(Section root, Path file, Set<String> plans) {
        try {
            KeysFile.open(file, plans, new IdleClock(), message -> {}).close();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            String prefix = file + ": ";
            if (message.startsWith(prefix)) {
                throw new IllegalArgumentException(message.substring(prefix.length()), e);
            }
            root.problems().addElsewhere(root.lineOf("keys-file"), message);
        }
    }

    /** What the entries before say of keys and callers: a key is one caller's, a caller has one plan. */
    private record Earlier(Map<String, String> idByDigest, Map<String, String> planById) {
        void compare(Section in, KeyEntry entry) {
            String id = idByDigest.putIfAbsent(entry.sha256Hex(), entry.id());
            if (id != null) {
                String field = in.has("key") ? "key" : "sha256";
                in.problems()
                        .add(
                                in.lineOf(field),
                                in.pathOf(field),
                                "different keys",
                                "the same as of " + Problems.shown(id));
            }
            String plan = planById.putIfAbsent(entry.id(), entry.plan());
            if (plan != null && !plan.equals(entry.plan())) {
                in.problems()
                        .add(
                                in.lineOf("plan"),
                                in.pathOf("plan"),
                                "one plan for all keys of " + Problems.shown(entry.id()),
                                Problems.shown(plan) + " and " + Problems.shown(entry.plan()));
            }
        }
    }
}
