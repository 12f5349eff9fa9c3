package dev.fanoutgateway;

import java.time.Duration;

/**
 * Copies of a route's requests to backends whose answers are thrown away: a new version under real traffic. Immutable: each
 * method gives a changed copy.
 *
 * <p>What is copied are requests that go to the backends: neither those that are answered from the cache, nor those that wait
 * for another one's answer. Nor are those whose content passes while it comes, since it is nowhere whole: with {@link
 * #withUnsafeMethods() unsafe methods}, content of more than 64 KiB or of a length that is not told beforehand. No observer is
 * told of these. A copy goes to one backend of the group, on threads of its own; the request neither waits for it
 * nor learns of it. Where there is no room for a copy it is not made. It has the field {@code X-Shadow: copy}, the fields of
 * the shadow's group, and none of {@code Authorization}, {@code Proxy-Authorization} and {@code Cookie}, nor, as every request
 * that is forwarded, the gateway's own key. Of an answer 1 MiB is read at most. What becomes of it is told to {@link
 * dev.fanoutgateway.spi.GatewayObserver#onShadow observers}, and to nobody else: neither alerts nor ejection, selectors or
 * budgets know of it.
 *
 * @param backends the name of the group the copies go to
 * @param sample which requests are copied
 * @param timeout how long a copy may take, 1 ms to 5 min
 * @param unsafeMethods whether requests are copied, too, that may change something there
 */
public record Shadow(String backends, Sample sample, Duration timeout, boolean unsafeMethods) {
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(10);

    public Shadow {
        checkTimeout(timeout);
    }

    /** A shadow that gets copies of safe requests (RFC 9110 section 9.2.1), each within 10 s. */
    public static Shadow to(String backends, Sample sample) {
        return new Shadow(backends, sample, USUAL_TIMEOUT, false);
    }

    /** This shadow with another timeout, 1 ms to 5 min. */
    public Shadow timeout(Duration each) {
        return new Shadow(backends, sample, each, unsafeMethods);
    }

    /**
     * This shadow with copies of all requests but those whose content passes while it comes (more than 64 KiB, or of unknown
     * length): the backends there must not share their data with those that answer.
     */
    public Shadow withUnsafeMethods() {
        return new Shadow(backends, sample, timeout, true);
    }

    static void checkTimeout(Duration timeout) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("expected a timeout of 1ms to 5 min, got " + timeout);
        }
    }
}
