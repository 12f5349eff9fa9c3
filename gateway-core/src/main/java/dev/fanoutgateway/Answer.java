package dev.fanoutgateway;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.RaceRecord;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What a caller is told, and how that came about.
 *
 * @param response the response, without what {@link FanoutGateway} adds to every answer
 * @param outcome how it came about
 * @param grant what the request was granted
 * @param race what was asked of the backends; null if nothing was
 * @param collapsed whether that was for another request
 * @param cacheStatus its {@code Cache-Status}; null where the cache had no say
 */
record Answer(
        GatewayResponse response,
        Outcome outcome,
        Grant grant,
        @Nullable RaceRecord race,
        boolean collapsed,
        @Nullable String cacheStatus) {

    /** An answer that needed no backend. */
    static Answer of(GatewayResponse response, Outcome outcome, Grant grant) {
        return new Answer(response, outcome, grant, null, false, null);
    }

    Answer with(GatewayResponse other) {
        return new Answer(other, outcome, grant, race, collapsed, cacheStatus);
    }

    Answer granted(Grant other) {
        return new Answer(response, outcome, other, race, collapsed, cacheStatus);
    }

    Answer race(RaceRecord by) {
        return new Answer(response, outcome, grant, by, collapsed, cacheStatus);
    }

    /** Whether the caller got what the credits were reserved for. */
    boolean served() {
        return switch (outcome) {
            case HIT, STALE, COLLAPSED, FORWARDED -> true;
            case ABANDONED -> true; // the client left; the gateway did not fail
            case BAD_REQUEST, UNAUTHENTICATED, FORBIDDEN, LIMITED, OVERLOADED, ABSENT, FAILED, ERROR -> false;
        };
    }
}
