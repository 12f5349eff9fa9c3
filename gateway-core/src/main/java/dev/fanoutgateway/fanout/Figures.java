package dev.fanoutgateway.fanout;

/**
 * What is measured of an adaptive route. Times are 99th percentiles, in nanoseconds.
 *
 * @param utilisation of the backends by all attempts, 0 to 1 and more; meaningless while all are asked
 * @param variability of the service times, see {@link Lifetimes#variability()}; meaningless while all are asked
 * @param extra attempts beyond one for each request when hedging, as a share of the requests: made, or, where only one is
 *     asked, to be expected
 * @param perSecond requests
 * @param copies how many backends a request may be sent to, 1 or more
 * @param alone of one attempt
 * @param together of the fastest of {@code copies} attempts, at the present load
 * @param hedged of an attempt with a hedge after it, at the present load
 * @param answers of what callers get now
 */
record Figures(
        double utilisation,
        double variability,
        double extra,
        double perSecond,
        int copies,
        double alone,
        double together,
        double hedged,
        double answers) {

    /** These figures moved towards others by a share of the way; times on a logarithmic scale. */
    Figures towards(Figures fresh, double share) {
        return new Figures(
                between(utilisation, fresh.utilisation, share),
                between(variability, fresh.variability, share),
                between(extra, fresh.extra, share),
                between(perSecond, fresh.perSecond, share),
                fresh.copies,
                betweenTimes(alone, fresh.alone, share),
                betweenTimes(together, fresh.together, share),
                betweenTimes(hedged, fresh.hedged, share),
                betweenTimes(answers, fresh.answers, share));
    }

    private static double between(double old, double fresh, double share) {
        return old + share * (fresh - old);
    }

    private static double betweenTimes(double old, double fresh, double share) {
        return old <= 0 || fresh <= 0 ? fresh : old * Math.pow(fresh / old, share);
    }
}
