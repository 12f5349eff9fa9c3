package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.Route;
import dev.fanoutgateway.WarmUp;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads {@code cache.warm-up}: what is asked for before anybody does. */
final class WarmUpSettings {
    private static final Value<String> TARGET =
            Value.secretText("a path with an optional query such as /api/v1/prices?symbol=IBM", Optional::of);
    private static final int HOTTEST = 1_000;

    private WarmUp warmUp = WarmUp.of();

    private WarmUpSettings() {}

    /**
     * What the section says; empty if there is none.
     *
     * @param memory whether there is a cache in memory, whose hottest paths a snapshot holds
     */
    static Optional<WarmUp> read(Section cache, boolean memory, List<Route> routes, Path directory) {
        return cache.section("warm-up").map(in -> new WarmUpSettings().warmUp(in, memory, routes, directory));
    }

    private WarmUp warmUp(Section in, boolean memory, List<Route> routes, Path directory) {
        List<String> paths = in.list("paths", TARGET);
        for (int i = 0; i < paths.size(); i++) {
            String target = paths.get(i);
            try {
                warmUp = warmUp.and(List.of(target));
                if (routes.stream().noneMatch(route -> takes(route, target))) {
                    in.problems().add(in.lineOf("paths"), at(in, i), "a path that a route takes by GET", "another one");
                }
            } catch (IllegalArgumentException e) {
                in.problems().add(in.lineOf("paths"), at(in, i), String.valueOf(e.getMessage()));
            }
        }
        in.set("every", Value.DURATION, every -> warmUp = warmUp.every(every));
        in.set("rate", Value.RATE, rate -> warmUp = warmUp.rate(rate));
        in.set("concurrency", Value.NUMBER, most -> warmUp = warmUp.concurrency(clamped(most)));
        Optional<String> snapshot = in.valueOrNull("snapshot", Value.TEXT);
        in.check("hottest", () -> {
            int hottest = in.value("hottest", Value.NUMBER)
                    .map(WarmUpSettings::clamped)
                    .orElse(HOTTEST);
            WarmUp.of().snapshot(directory, hottest);
            in.check(
                    "snapshot",
                    () -> snapshot.ifPresent(file -> warmUp = warmUp.snapshot(resolved(directory, file), hottest)));
        });
        if (snapshot.isPresent() && !memory) {
            in.problems().add(in.lineOf("snapshot"), in.pathOf("snapshot"), "none without a cache in memory", "one");
        }
        in.end();
        return warmUp;
    }

    private static String at(Section in, int index) {
        return in.pathOf("paths") + '[' + index + ']';
    }

    private static boolean takes(Route route, String target) {
        int query = target.indexOf('?');
        return (route.methods().isEmpty() || route.methods().contains("GET"))
                && route.pattern().matches(query < 0 ? target : target.substring(0, query));
    }

    private static int clamped(long number) {
        return (int) Math.max(-1, Math.min(number, Integer.MAX_VALUE));
    }

    private static Path resolved(Path directory, String name) {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("expected a path, got text that is none", e);
        }
    }
}
