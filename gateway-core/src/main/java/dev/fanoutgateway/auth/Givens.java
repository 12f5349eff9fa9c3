package dev.fanoutgateway.auth;

import java.util.Set;

/**
 * What a keys file has to fit.
 *
 * @param plans the plans that entries may name; empty if any will do
 * @param keys those given elsewhere, which no entry may give again
 */
record Givens(Set<String> plans, KeyTable keys) {
    Givens {
        plans = Set.copyOf(plans);
    }

    /** Nothing but plans. */
    static Givens plans(Set<String> plans) {
        return new Givens(plans, new KeyTable());
    }
}
