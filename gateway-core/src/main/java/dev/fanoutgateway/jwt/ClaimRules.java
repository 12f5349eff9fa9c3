package dev.fanoutgateway.jwt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanoutgateway.spi.Caller;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges the claims of a token (RFC 7519 section 4.1), and tells whom they name. Immutable. */
final class ClaimRules {
    private static final int LONGEST_ID = 256;

    private final JwtRules rules;
    private final Set<String> knownPlans;
    private final long leewayMillis;

    /** @param knownPlans empty if any will do */
    ClaimRules(JwtRules rules, Set<String> knownPlans) {
        this.rules = rules;
        this.knownPlans = Set.copyOf(knownPlans);
        this.leewayMillis = rules.leeway.toMillis();
    }

    /** Whom the claims name, and from when to when; null if they name nobody, or are not for here or not for now. */
    @Nullable
    Verified judge(ObjectNode claims, long nowMillis) {
        if (!rules.issuer.equals(StrictJson.text(claims, "iss")) || !isForUs(claims.get("aud")) || claims.has("cnf")) {
            return null;
        }
        Long expires = millis(claims.get("exp"));
        Long begins = claims.has("nbf") ? millis(claims.get("nbf")) : Long.valueOf(Long.MIN_VALUE);
        boolean issued = !claims.has("iat") || millis(claims.get("iat")) != null;
        if (expires == null || begins == null || !issued) {
            return null;
        }
        String id = StrictJson.text(claims, rules.idClaim);
        String plan = plan(claims);
        if (id == null || !isName(id) || plan == null) {
            return null;
        }
        Verified verified = new Verified(new Caller(rules.idPrefix + id, plan), begins, expires, leewayMillis);
        return verified.holdsAt(nowMillis) ? verified : null;
    }

    private boolean isForUs(@Nullable JsonNode audience) {
        if (audience == null) {
            return false;
        }
        if (audience.isTextual()) {
            return rules.audiences.contains(audience.textValue());
        }
        boolean found = false;
        for (JsonNode one : audience) {
            if (!one.isTextual()) {
                return false;
            }
            found |= rules.audiences.contains(one.textValue());
        }
        return found && audience.isArray();
    }

    /** A NumericDate (RFC 7519 section 2), which may have a fraction, in milliseconds; null if it is none. */
    private static @Nullable Long millis(@Nullable JsonNode date) {
        if (date == null || !date.isNumber()) {
            return null;
        }
        return (long) (date.doubleValue() * 1_000); // saturates
    }

    private @Nullable String plan(ObjectNode claims) {
        for (String value : planValues(claims)) {
            String plan = rules.plans.isEmpty() ? value : rules.plans.get(value);
            if (plan != null && isName(plan) && (knownPlans.isEmpty() || knownPlans.contains(plan))) {
                return plan;
            }
        }
        return rules.defaultPlan;
    }

    /** What the plan's claim says, by rank. */
    private List<String> planValues(ObjectNode claims) {
        if (rules.planClaim.isEmpty()) {
            return List.of();
        }
        JsonNode at = claims;
        for (String name : rules.planClaim) {
            at = at.path(name);
        }
        Set<String> values = new LinkedHashSet<>();
        for (JsonNode value : at.isTextual() ? List.of(at) : at) {
            if (value.isTextual()) {
                values.add(value.textValue());
            }
        }
        if (rules.plans.isEmpty() || values.size() < 2) {
            return List.copyOf(values);
        }
        List<String> ranked = new ArrayList<>();
        for (Map.Entry<String, String> known : rules.plans.entrySet()) {
            if (values.contains(known.getKey())) {
                ranked.add(known.getKey());
            }
        }
        return ranked;
    }

    /** What may stand in logs, limits and header fields as somebody's name. */
    private static boolean isName(String text) {
        return !text.isEmpty()
                && text.length() <= LONGEST_ID
                && text.chars().noneMatch(Character::isISOControl)
                && StandardCharsets.UTF_8.newEncoder().canEncode(text); // no half of a surrogate pair
    }
}
