package dev.fanoutgateway;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Limit;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * Which requests are taken for something that is done beside them, and how many at most. Immutable: each method gives a
 * changed copy.
 *
 * @param taken decides for each request that goes to the backends, on its thread; must be quick, and if it throws the request
 *     is not taken
 * @param limit how many are taken at most in a time, whatever the traffic
 * @param maxInFlight how many may be under way at a time, 1 to 10,000; those beyond are not done, nor queued
 */
public record Sample(Predicate<GatewayRequest> taken, Limit limit, int maxInFlight) {
    private static final Limit USUAL_LIMIT = Limit.perSecond(10);
    private static final int USUAL_IN_FLIGHT = 16;
    private static final int MOST_IN_FLIGHT = 10_000;

    public Sample {
        if (maxInFlight < 1 || maxInFlight > MOST_IN_FLIGHT) {
            throw new IllegalArgumentException("expected 1 to " + MOST_IN_FLIGHT + " in flight, got " + maxInFlight);
        }
    }

    /** This share of the requests, drawn at random, 0 to 1; at most 10 each second, and 16 at a time. */
    public static Sample share(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("expected a share of 0 to 1, got " + share);
        }
        return of(request -> share > 0 && ThreadLocalRandom.current().nextDouble() < share);
    }

    /** The requests of which {@code taken} says so, in place of a share; at most 10 each second, and 16 at a time. */
    public static Sample of(Predicate<GatewayRequest> taken) {
        return new Sample(taken, USUAL_LIMIT, USUAL_IN_FLIGHT);
    }

    /** This sample, at most so many in a time. */
    public Sample limit(Limit most) {
        return new Sample(taken, most, maxInFlight);
    }

    /** This sample, at most so many under way at a time, 1 to 10,000. */
    public Sample maxInFlight(int most) {
        return new Sample(taken, limit, most);
    }
}
