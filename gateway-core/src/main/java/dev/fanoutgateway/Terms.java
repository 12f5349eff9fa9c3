package dev.fanoutgateway;

import dev.fanoutgateway.limit.RateLimitFields;

/**
 * A plan as the engine uses it.
 *
 * @param plan the plan
 * @param fields what callers are told of its limits
 */
record Terms(Plan plan, RateLimitFields fields) {
    static Terms of(Plan plan) {
        return new Terms(plan, RateLimitFields.of(plan.limits(), plan.quota()));
    }

    boolean limits() {
        return !fields.policy().isEmpty();
    }
}
