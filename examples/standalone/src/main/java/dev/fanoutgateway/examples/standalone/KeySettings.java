package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.auth.InMemoryKeys;
import dev.fanoutgateway.auth.KeyEntry;
import dev.fanoutgateway.auth.KeysFile;
import dev.fanoutgateway.examples.standalone.Node.Items;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
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
    /** Reads both keys, and the file that {@code keys-file} names, relative to {@code directory}. */
    static KeySettings read(Section root, Path directory) {
        List<String> plans = root.sectionOrEmpty("plans").names();
        Value<String> plan = Value.nameOf("plans", plans);
        boolean mentioned = root.has("keys")
                || root.node("keys-file").filter(node -> !Node.isNull(node)).isPresent();
        boolean listed = root.node("keys")
                .filter(node -> node instanceof Items list && !list.items().isEmpty())
                .isPresent();
        List<KeyEntry> entries = new ArrayList<>();
        Earlier earlier = new Earlier(new HashMap<>(), new HashMap<>());
        for (Section in : root.sections("keys")) {
            entry(in, plan).ifPresent(entry -> {
                if (earlier.agrees(in, entry)) {
                    entries.add(entry);
                }
            });
        }
        List<Path> files = new ArrayList<>();
        root.valueOrNull("keys-file", Value.TEXT)
                .ifPresent(name -> root.check("keys-file", () -> {
                    Path file = resolved(directory, name);
                    files.add(file);
                    tryOut(root, file, Set.copyOf(plans), entries);
                }));
        boolean none = !listed && root.valueOrNull("keys-file", Value.TEXT).isEmpty();
        return new KeySettings(List.copyOf(entries), files.isEmpty() ? null : files.get(0), mentioned, none);
    }

    /** These, where there are callers who need no key among them. */
    KeySettings besideTokens() {
        return new KeySettings(entries, file, true, false);
    }

    private static Optional<KeyEntry> entry(Section in, Value<String> planName) {
        Optional<String> id = in.required("id", Value.TEXT);
        Optional<String> plan = in.required("plan", planName);
        Optional<String> key = in.value("key", Value.SECRET);
        Optional<String> sha256 = in.value("sha256", Value.SECRET);
        Optional<Instant> expires = in.valueOrNull("expires", Value.INSTANT);
        in.end();
        if (in.has("key") && in.has("sha256")) {
            in.problems().add(in.lineOf("sha256"), in.pathOf("sha256"), "either key or sha256", "both");
        } else if (!in.has("key") && !in.has("sha256")) {
            in.missing("key", "key or sha256");
        } else if (id.isPresent() && plan.isPresent() && (key.isPresent() || sha256.isPresent())) {
            return checked(in, () -> {
                KeyEntry entry = key.isPresent()
                        ? KeyEntry.ofKey(id.get(), key.get(), plan.get())
                        : new KeyEntry(id.get(), sha256.orElseThrow(), plan.get(), null, Map.of());
                return expires.map(entry::expiresAt).orElse(entry);
            });
        }
        return Optional.empty();
    }

    /** What is made; empty if a field is refused with {@code field: expected ..., got ...}. */
    private static Optional<KeyEntry> checked(Section in, Supplier<KeyEntry> making) {
        try {
            return Optional.of(making.get());
        } catch (IllegalArgumentException e) {
            String[] parts = String.valueOf(e.getMessage()).split(": ", 2);
            in.problems().add(in.lineOf(parts[0]), in.pathOf(parts[0]), parts[parts.length - 1]);
            return Optional.empty();
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
    private static void tryOut(Section root, Path file, Set<String> plans, List<KeyEntry> entries) {
        IdleClock clock = new IdleClock();
        try {
            KeysFile.open(file, plans, InMemoryKeys.of(entries, clock), clock, message -> {})
                    .close();
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
        boolean agrees(Section in, KeyEntry entry) {
            String id = idByDigest.putIfAbsent(entry.sha256Hex(), entry.id());
            if (id != null) {
                String field = in.has("key") ? "key" : "sha256";
                in.problems()
                        .add(
                                in.lineOf(field),
                                in.pathOf(field),
                                "different keys",
                                "the same as of " + Problems.shownIfName(id));
            }
            String plan = planById.putIfAbsent(entry.id(), entry.plan());
            if (plan != null && !plan.equals(entry.plan())) {
                in.problems()
                        .add(
                                in.lineOf("plan"),
                                in.pathOf("plan"),
                                "one plan for all keys of " + Problems.shownIfName(entry.id()),
                                Problems.shown(plan) + " and " + Problems.shown(entry.plan()));
            }
            return id == null && entry.plan().equals(planById.get(entry.id()));
        }
    }
}
