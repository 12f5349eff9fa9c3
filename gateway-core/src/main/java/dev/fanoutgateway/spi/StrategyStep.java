package dev.fanoutgateway.spi;

import java.util.Locale;

/**
 * An adaptive route has changed the way it asks its backends.
 *
 * @param route the pattern of the route
 * @param from how it asked so far: {@code parallel}, {@code hedged} or {@code single}
 * @param to how it asks from now on
 * @param utilisation of the backends by the clients' requests alone, without what asking several costs; 0 to 1
 * @param threshold the utilisation at which asking all together stops to pay, for the service times that were seen
 * @param gain the share by which the slowest hundredth of answers is expected to become shorter; 0 for a step that was taken
 *     for the load alone
 * @param requestsPerSecond the route's requests
 * @param reason the step in words
 */
public record StrategyStep(
        String route,
        String from,
        String to,
        double utilisation,
        double threshold,
        double gain,
        double requestsPerSecond,
        String reason) {
    /** One line for logs. */
    public String describe() {
        return String.format(
                Locale.ROOT,
                "route %s: %s -> %s: %s (utilisation %.2f, break-even %.2f, gain %.0f %%, %.1f requests/s)",
                route,
                from,
                to,
                reason,
                utilisation,
                threshold,
                100 * gain,
                requestsPerSecond);
    }
}
