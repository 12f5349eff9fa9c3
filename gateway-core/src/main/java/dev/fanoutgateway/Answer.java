package dev.fanoutgateway;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller is told, and how that came about.
 *
 * @param response the response, without what {@link FanoutGateway} adds to every answer
 * @param outcome how it came about
 * @param grant what the request was granted
 * @param attempts the attempts made for it
 * @param cacheStatus its {@code Cache-Status}; null where the cache had no say
 */
record Answer(
        GatewayResponse response,
        Outcome outcome,
        Grant grant,
        List<AttemptOutcome> attempts,
        @Nullable String cacheStatus) {

    /** An answer that needed no backend. */
    static Answer of(GatewayResponse response, Outcome outcome, Grant grant) {
        return new Answer(response, outcome, grant, List.of(), null);
    }

    Answer cacheStatus(String status) {
        return new Answer(response, outcome, grant, attempts, status);
    }

    /** Whether the caller got what the credits were reserved for. */
    boolean served() {
        return switch (outcome) {
            case HIT, COLLAPSED, FORWARDED -> true;
            case ABANDONED -> true; // the client left; the gateway did not fail
            case BAD_REQUEST, UNAUTHENTICATED, FORBIDDEN, LIMITED, ABSENT, FAILED, ERROR -> false;
        };
    }
}
