package dev.fanoutgateway;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;

/**
 * What callers may be told of how their answers came about: said of a plan for its callers, and of a route for everybody whom
 * it lets in; the greater of both holds.
 */
public enum Explain {
    /** Nothing, the default. */
    OFF,
    /**
     * How long each attempt took and what became of it, in a {@code Server-Timing} field (W3C Server Timing). Backends are
     * told by their place in the list, never by their address.
     */
    TIMING,
    /**
     * That field and, in place of the answer to a request with {@code X-Gateway-Explain: 1}, everything about it as JSON:
     * backend URLs, failures, the state of the budget, of the caller's limits and of the cache. For those who run the gateway.
     */
    FULL;

    /** The field by which a request asks to be explained. Never forwarded. */
    static final String FIELD = "X-Gateway-Explain";

    /** What may be told of this exchange. A route that wants a key tells nothing to those who have shown none. */
    static Explain permitted(Exchange exchange, Grant grant) {
        Terms terms = grant.terms();
        Explain byPlan = terms == null ? OFF : terms.plan().explain();
        Route route = exchange.route();
        boolean letIn = grant.caller() != null || route.auth() != Auth.REQUIRED;
        return letIn && route.explain().compareTo(byPlan) > 0 ? route.explain() : byPlan;
    }

    /** Whether the answer to this exchange is to be explained in full: somebody asks who may. */
    static boolean inFull(Exchange exchange, Grant grant) {
        return permitted(exchange, grant) == FULL && asked(exchange.request());
    }

    /** {@code headers} without the field; the same object if it is not there. */
    static Headers strip(Headers headers) {
        return headers.without(Explain::isField);
    }

    private static boolean asked(GatewayRequest request) {
        return request.headers()
                .first(FIELD)
                .filter(value -> value.trim().equals("1"))
                .isPresent();
    }

    /** By length first: this runs for every field of every request. */
    private static boolean isField(String name) {
        return (name.length() == FIELD.length() && name.equalsIgnoreCase(FIELD))
                || (name.length() == Shadowing.FIELD.length() && name.equalsIgnoreCase(Shadowing.FIELD));
    }
}
