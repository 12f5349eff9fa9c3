package dev.fanoutgateway.jwt;

import dev.fanoutgateway.spi.Limit;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose JSON Web Tokens are believed (RFC 7519, by the practices of RFC 8725), and which caller and plan they stand for.
 * Immutable; safe for use by any thread.
 *
 * <p>A token counts only as {@code Authorization: Bearer}, signed (RFC 7515) by a key of the issuer's key set (RFC 7517). It
 * must have {@code iss}, {@code aud} and {@code exp}. What it says of keys ({@code jku}, {@code jwk}, {@code x5u}, {@code x5c})
 * is ignored; extensions ({@code crit}), encryption, nesting and tokens that are bound to their sender's key ({@code cnf}) are
 * refused. Whoever holds a token holds it until it expires: there is no revocation.
 */
public final class JwtRules {
    final @Nullable URI url;
    final @Nullable Path file;
    final String issuer;
    final Set<String> audiences;
    final Set<JwtAlgorithm> algorithms;
    final Set<String> types;
    final Duration leeway;
    final String idClaim;
    final String idPrefix;
    final List<String> planClaim;
    final Map<String, String> plans;
    final @Nullable String defaultPlan;
    final Duration refresh;
    final Limit refetch;
    final int longestToken;
    final int cachedTokens;

    private JwtRules(Builder from) {
        url = from.url;
        file = from.file;
        issuer = from.issuer;
        audiences = Set.copyOf(from.audiences);
        algorithms = Collections.unmodifiableSet(EnumSet.copyOf(from.algorithms));
        types = Set.copyOf(from.types);
        leeway = from.leeway;
        idClaim = from.idClaim;
        idPrefix = from.idPrefix;
        planClaim = List.copyOf(from.planClaim);
        plans = Collections.unmodifiableMap(new LinkedHashMap<>(from.plans));
        defaultPlan = from.defaultPlan;
        refresh = from.refresh != null ? from.refresh : Duration.ofSeconds(from.file != null ? 2 : 300);
        refetch = from.refetch;
        longestToken = from.longestToken;
        cachedTokens = from.cachedTokens;
    }

    /**
     * Tokens of one issuer for one audience.
     *
     * @param issuer the value of {@code iss}, letter by letter
     * @param audience a value that {@code aud} must have among others
     */
    public static Builder of(String issuer, String audience) {
        return new Builder(issuer).audience(audience);
    }

    /** The names of plans that these rules can give; those that stand in tokens are not among them. */
    public Set<String> plans() {
        Set<String> named = new LinkedHashSet<>(plans.values());
        if (defaultPlan != null) {
            named.add(defaultPlan);
        }
        return named;
    }

    /** The most characters of a token. */
    public int longestToken() {
        return longestToken;
    }

    /** Where the keys come from, as it may be shown. */
    String source() {
        return url == null ? String.valueOf(file) : url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
    }

    @Override
    public String toString() {
        return "JwtRules[" + issuer + ", keys from " + source() + ']';
    }

    /** Collects rules. Not safe for use by several threads. */
    public static final class Builder {
        private final String issuer;
        private final Set<String> audiences = new LinkedHashSet<>();
        private final Map<String, String> plans = new LinkedHashMap<>();
        private Set<JwtAlgorithm> algorithms = EnumSet.of(JwtAlgorithm.RS256, JwtAlgorithm.ES256);
        private Set<String> types = Set.of("jwt", "at+jwt");
        private @Nullable URI url;
        private @Nullable Path file;
        private Duration leeway = Duration.ofSeconds(30);
        private String idClaim = "sub";
        private String idPrefix = "jwt:";
        private List<String> planClaim = List.of();
        private @Nullable String defaultPlan;
        private @Nullable Duration refresh;
        private Limit refetch = Limit.perMinute(5);
        private int longestToken = 8 << 10;
        private int cachedTokens = 10_000;

        private Builder(String issuer) {
            this.issuer = named("an issuer", issuer);
        }

        /** One more audience; one of them is enough. */
        public Builder audience(String audience) {
            audiences.add(named("an audience", audience));
            return this;
        }

        /**
         * The issuer's key set at a URL. It is fetched in the background: at once, every so often, and when a token names a key
         * that is not in it. Redirects are not followed.
         *
         * @param location {@code https}, or {@code http} on this machine, where nobody can put other keys in between
         */
        public Builder jwksUrl(URI location) {
            url = KeyLocation.checked(location);
            file = null;
            return this;
        }

        /** The issuer's key set in a file, which is read again when it changes. */
        public Builder jwksFile(Path location) {
            file = location;
            url = null;
            return this;
        }

        /** In place of RS256 and ES256. */
        public Builder algorithms(JwtAlgorithm first, JwtAlgorithm... others) {
            algorithms = EnumSet.of(first, others);
            return this;
        }

        /**
         * What the header's {@code typ} may be, in place of {@code JWT} and {@code at+jwt} (RFC 9068), in any case, with or
         * without {@code application/} before it. A token without any is taken unless there is but one type, other than JWT.
         */
        public Builder types(String first, String... others) {
            Set<String> all = new LinkedHashSet<>(List.of(typed(first)));
            for (String other : others) {
                all.add(typed(other));
            }
            types = all;
            return this;
        }

        /** How far the issuer's clock may be off: 30 s by default, zero to 10 min. */
        public Builder leeway(Duration time) {
            leeway = within("a leeway", time, Duration.ZERO, Duration.ofMinutes(10));
            return this;
        }

        /** The claim that names the caller: {@code sub} by default. Its value has 1 to 256 characters. */
        public Builder idClaim(String claim) {
            idClaim = named("a claim", claim);
            return this;
        }

        /**
         * What stands before the claim's value in the caller's id: {@code jwt:} by default, so that nobody's token can make him
         * the caller of a key, whose limits and stored answers he would share. May be empty where that is wanted.
         */
        public Builder idPrefix(String prefix) {
            if (prefix.length() > 64 || prefix.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("expected a prefix of at most 64 characters without controls");
            }
            idPrefix = prefix;
            return this;
        }

        /**
         * The claim that names the plan, and its path if it lies in other claims. Its value is text, or a list of texts. By
         * default there is none, and every caller has the {@link #defaultPlan}.
         */
        public Builder planClaim(String claim, String... within) {
            List<String> path = new java.util.ArrayList<>(List.of(named("a claim", claim)));
            for (String next : within) {
                path.add(named("a claim", next));
            }
            planClaim = List.copyOf(path);
            return this;
        }

        /**
         * A value of the plan's claim, and the plan it stands for. Without any, the value itself is the plan's name; with some,
         * other values are not known. Of several values that a token has, the one that was given here first counts.
         */
        public Builder plan(String value, String plan) {
            plans.put(named("a claim's value", value), named("a plan", plan));
            return this;
        }

        /** The plan of tokens that name none, or one that is not known. Without it these tokens are refused. */
        public Builder defaultPlan(String plan) {
            defaultPlan = named("a plan", plan);
            return this;
        }

        /** How often the keys are looked at: every 5 min by default, a file every 2 s; 1 s to 1 day. */
        public Builder refresh(Duration every) {
            refresh = within("a refresh", every, Duration.ofSeconds(1), Duration.ofDays(1));
            return this;
        }

        /** How often tokens that name an unknown key may have the keys looked at before that: 5/1m by default, 1 to 60. */
        public Builder refetch(Limit most) {
            if (most.amount() > 60 || most.period().compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException(
                        "expected 1 to 60 fetches in a time of 1s or more, got " + most.name());
            }
            refetch = most;
            return this;
        }

        /** The most characters of a token: 8,192 by default, 512 to 65,536. The container bounds header fields, too. */
        public Builder longestToken(int characters) {
            if (characters < 512 || characters > 1 << 16) {
                throw new IllegalArgumentException("expected tokens of 512 to 65536 characters, got " + characters);
            }
            longestToken = characters;
            return this;
        }

        /** How many verified tokens are remembered, by their digests, until they expire: 10,000 by default, up to 1,000,000. */
        public Builder cachedTokens(int most) {
            if (most < 0 || most > 1_000_000) {
                throw new IllegalArgumentException("expected 0 to 1000000 remembered tokens, got " + most);
            }
            cachedTokens = most;
            return this;
        }

        /** @throws IllegalStateException if there is no place for keys, or neither a plan's claim nor a default plan */
        public JwtRules build() {
            if (url == null && file == null) {
                throw new IllegalStateException("expected jwksUrl(...) or jwksFile(...), got neither");
            }
            if (planClaim.isEmpty() && defaultPlan == null) {
                throw new IllegalStateException("expected planClaim(...) or defaultPlan(...), got neither");
            }
            if (planClaim.isEmpty() && !plans.isEmpty()) {
                throw new IllegalStateException("expected planClaim(...) beside the plans of its values, got none");
            }
            return new JwtRules(this);
        }

        private static String named(String what, String text) {
            if (text.isEmpty() || text.length() > 256 || text.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(
                        "expected " + what + " of 1 to 256 characters without controls, got " + text.length());
            }
            return text;
        }

        private static String typed(String type) {
            return TokenType.normal(named("a type", type).toLowerCase(Locale.ROOT));
        }

        private static Duration within(String what, Duration value, Duration least, Duration most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(
                        "expected " + what + " of " + least + " to " + most + ", got " + value);
            }
            return value;
        }
    }
}
