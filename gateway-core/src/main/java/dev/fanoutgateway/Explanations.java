package dev.fanoutgateway;

import dev.fanoutgateway.fanout.Discard;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.RequestRecord;
import java.util.function.ToIntFunction;

/**
 * Shows callers who may see it how their answers came about. An explanation is made for one answer as it goes out: what is
 * stored, and what others get, is made before and knows nothing of it.
 */
final class Explanations {
    private static final String TIMING = "Server-Timing";

    private final Upstreams upstreams;

    Explanations(Upstreams upstreams) {
        this.upstreams = upstreams;
    }

    /** The answer as this caller gets it; the same object for those who may see nothing more. */
    GatewayResponse shown(Exchange exchange, Grant grant, RequestRecord record, GatewayResponse answer) {
        return switch (Explain.permitted(exchange, grant)) {
            case OFF -> answer;
            case TIMING -> timed(exchange, record, answer);
            case FULL ->
                timed(exchange, record, Explain.inFull(exchange, grant) ? inPlaceOf(answer, exchange, record) : answer);
        };
    }

    /**
     * The explanation as a response. A failure keeps its status and says when to come back; everything else is 200, since
     * 204, 206, 304 and redirects are said of content that this does not have.
     */
    private GatewayResponse inPlaceOf(GatewayResponse answer, Exchange exchange, RequestRecord record) {
        byte[] json = ExplanationJson.of(record, answer, ordinals(exchange));
        Headers.Builder headers =
                Headers.of("Content-Type", "application/json", "Cache-Control", "no-store", Explain.FIELD, "1")
                        .toBuilder();
        boolean failure = answer.status() >= 400;
        answer.headers().forEach((name, value) -> {
            if (failure && (name.equalsIgnoreCase("Retry-After") || name.equalsIgnoreCase("Allow")) || isOurs(name)) {
                headers.add(name, value);
            }
        });
        Discard.response(answer);
        return new GatewayResponse(failure ? answer.status() : 200, headers.build(), Body.of(json));
    }

    private static boolean isOurs(String name) {
        return name.equalsIgnoreCase("Cache-Status")
                || name.equalsIgnoreCase("RateLimit")
                || name.equalsIgnoreCase("RateLimit-Policy");
    }

    private GatewayResponse timed(Exchange exchange, RequestRecord record, GatewayResponse answer) {
        return answer.withHeaders(answer.headers().toBuilder()
                .add(TIMING, ServerTiming.of(record, ordinals(exchange)))
                .build());
    }

    private ToIntFunction<Backend> ordinals(Exchange exchange) {
        return upstreams.of(exchange.route().backends())::ordinal;
    }
}
