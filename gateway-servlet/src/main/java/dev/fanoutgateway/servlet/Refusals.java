package dev.fanoutgateway.servlet;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;

/** The responses to requests that the engine never sees, or never answers; in the engine's own envelope. */
final class Refusals {
    private static final Headers FIELDS = Headers.of("Content-Type", "application/json", "Cache-Control", "no-store");

    private Refusals() {}

    static GatewayResponse badRequest(String message) {
        return envelope(400, "bad-request", message);
    }

    /** The engine broke its promise to answer. */
    static GatewayResponse failed() {
        return envelope(500, "internal-error", "The gateway failed.");
    }

    /** A backend's status that is no final one (RFC 9110 section 15.2) must not end a response. */
    static GatewayResponse notFinal() {
        return envelope(502, "broken", "No backend gave an acceptable answer.");
    }

    /** The client is gone: nobody reads this, but containers may log it. */
    static GatewayResponse abandoned() {
        return envelope(503, "abandoned", "The client went away.");
    }

    /** The thread that waits for the answer was asked to stop. */
    static GatewayResponse stopping() {
        return envelope(503, "stopping", "The server is stopping.");
    }

    /** The engine is later than its own deadline. */
    static GatewayResponse late() {
        return envelope(504, "late", "No backend answered in time.");
    }

    private static GatewayResponse envelope(int status, String reason, String message) {
        String json = "{\"status\": false, \"message\": \"%s\", \"reason\": \"%s\"}".formatted(message, reason);
        return new GatewayResponse(status, FIELDS, Body.utf8(json));
    }
}
