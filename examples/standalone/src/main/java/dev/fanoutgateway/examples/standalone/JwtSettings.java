package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.jwt.JwtAlgorithm;
import dev.fanoutgateway.jwt.JwtAuthenticator;
import dev.fanoutgateway.jwt.JwtRules;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The section {@code auth.jwt}: whose tokens are believed. */
final class JwtSettings {
    private static final Value<JwtAlgorithm> ALGORITHM = Value.text(
            "one of " + Arrays.stream(JwtAlgorithm.values()).map(Enum::name).collect(Collectors.joining(", ")),
            name -> Arrays.stream(JwtAlgorithm.values())
                    .filter(algorithm -> algorithm.name().equals(name))
                    .findFirst());

    private static final Value<URI> URL =
            Value.secretText("a URL such as https://id.example.org/jwks.json", JwtSettings::url);

    private JwtSettings() {}

    /** The rules of {@code auth.jwt}; empty if there are none. A file of keys, relative to {@code directory}, is tried out. */
    static Optional<JwtRules> read(Section root, Path directory) {
        Section auth = root.sectionOrEmpty("auth");
        Optional<JwtRules> rules = auth.section("jwt")
                .flatMap(in -> rules(in, root.sectionOrEmpty("plans").names(), directory));
        auth.end();
        return rules;
    }

    private static Optional<JwtRules> rules(Section in, List<String> plans, Path directory) {
        int before = in.problems().lines().size();
        Optional<String> issuer = in.required("issuer", Value.TEXT);
        List<String> audiences = in.oneOrMore("audience", Value.TEXT);
        if (audiences.isEmpty()) {
            in.missing("audience", "at least one audience");
        }
        // Whatever is wrong with these two, the rest is read, so that all that is wrong is said.
        List<JwtRules.Builder> begun = new ArrayList<>();
        in.check("issuer", () -> begun.add(JwtRules.of(issuer.orElse("any"), "any")));
        in.check(
                "audience",
                () -> begun.add(0, JwtRules.of(issuer.orElse("any"), audiences.isEmpty() ? "any" : audiences.get(0))));
        JwtRules.Builder builder = begun.isEmpty() ? JwtRules.of("any", "any") : begun.get(0);
        in.check("audience", () -> audiences.forEach(builder::audience));
        keys(in, builder, directory);
        tokens(in, builder);
        callers(in, builder, plans);
        in.set("refresh", Value.DURATION, builder::refresh);
        in.set("refetch", Value.RATE, builder::refetch);
        in.set("cached-tokens", Value.COUNT, builder::cachedTokens);
        in.end();
        return in.problems().lines().size() > before ? Optional.empty() : built(in, builder, directory);
    }

    private static void keys(Section in, JwtRules.Builder builder, Path directory) {
        boolean url = in.has("jwks-url");
        boolean file = in.has("jwks-file");
        if (url && file) {
            in.problems().add(in.lineOf("jwks-file"), in.pathOf("jwks-file"), "either jwks-url or jwks-file", "both");
        } else if (!url && !file) {
            in.missing("jwks-url", "jwks-url or jwks-file");
        }
        in.set("jwks-url", URL, builder::jwksUrl);
        in.set("jwks-file", Value.TEXT, name -> builder.jwksFile(resolved(directory, name)));
    }

    private static void tokens(Section in, JwtRules.Builder builder) {
        List<JwtAlgorithm> algorithms = in.oneOrMore("algorithms", ALGORITHM);
        if (!algorithms.isEmpty()) {
            builder.algorithms(algorithms.get(0), algorithms.toArray(JwtAlgorithm[]::new));
        } else if (in.has("algorithms")) {
            in.problems().add(in.lineOf("algorithms"), in.pathOf("algorithms"), "at least one of them", "none");
        }
        List<String> types = in.oneOrMore("types", Value.TEXT);
        if (!types.isEmpty()) {
            in.check("types", () -> builder.types(types.get(0), types.toArray(String[]::new)));
        }
        in.set("leeway", Value.DURATION, builder::leeway);
        in.set("max-token", Value.SIZE, size -> builder.longestToken((int) Math.min(Integer.MAX_VALUE, size)));
    }

    private static void callers(Section in, JwtRules.Builder builder, List<String> plans) {
        Value<String> plan = Value.nameOf("plans", plans);
        in.set("id-claim", Value.TEXT, builder::idClaim);
        in.set("id-prefix", Value.TEXT, builder::idPrefix);
        List<String> claim = in.oneOrMore("plan-claim", Value.TEXT);
        if (!claim.isEmpty()) {
            in.check(
                    "plan-claim",
                    () -> builder.planClaim(
                            claim.get(0), claim.subList(1, claim.size()).toArray(String[]::new)));
        }
        Section values = in.sectionOrEmpty("plans");
        for (String value : values.names()) {
            values.set(value, plan, name -> builder.plan(value, name));
        }
        in.set("default-plan", plan, builder::defaultPlan);
        if (claim.isEmpty() && !in.has("default-plan")) {
            in.missing("plan-claim", "plan-claim or default-plan");
        } else if (claim.isEmpty() && !values.names().isEmpty()) {
            in.missing("plan-claim", "the claim whose values the plans stand for");
        }
    }

    private static Optional<JwtRules> built(Section in, JwtRules.Builder builder, Path directory) {
        JwtRules rules = builder.build();
        int before = in.problems().lines().size();
        in.set("jwks-file", Value.TEXT, name -> tryOut(rules, resolved(directory, name)));
        return in.problems().lines().size() > before ? Optional.empty() : Optional.of(rules);
    }

    /** Reads the file once, so that what is wrong with it is said before anything is served. */
    private static void tryOut(JwtRules rules, Path file) {
        try {
            JwtAuthenticator.open(rules, Set.of(), JwtSettings::noFetch, 1, new IdleClock(), message -> {})
                    .close();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            String prefix = file + ": ";
            throw new IllegalArgumentException(
                    message.startsWith(prefix) ? message.substring(prefix.length()) : message, e);
        }
    }

    private static byte[] noFetch(URI url, long timeoutNanos, int mostBytes) throws IOException {
        throw new IOException("expected a file, got a URL");
    }

    private static Path resolved(Path directory, String name) {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("expected a path, got text that is none", e);
        }
    }

    private static Optional<URI> url(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
