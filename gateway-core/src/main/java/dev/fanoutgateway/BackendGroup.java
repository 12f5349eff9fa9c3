package dev.fanoutgateway;

import dev.fanoutgateway.fanout.Ejection;
import dev.fanoutgateway.fanout.Health;
import dev.fanoutgateway.fanout.Selectors;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.signing.RequestSigning;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replicas of one API, and how they are asked. Immutable: each method gives a changed copy.
 *
 * @param name names it in routes
 * @param backends in order of preference, at least one; none if there is a source
 * @param headers added to every call, in place of a client's fields of the same names; may hold secrets
 * @param selector decides whom to ask, and in which order
 * @param maxConcurrent how many attempts each backend may have at a time, 1 to 1,000,000; more are refused, not queued.
 *     Requests whose content passes while it comes, and streamed answers, have half of these at most, and one at least
 * @param ejection when a failing backend is left alone
 * @param health how backends are asked for their health; null if they are not
 * @param source knows which backends there are, for a group that changes while it is used; null if they are listed here
 * @param signing how requests to them are signed; null if they are not
 */
public record BackendGroup(
        String name,
        List<Backend> backends,
        Headers headers,
        BackendSelector selector,
        int maxConcurrent,
        Ejection ejection,
        @Nullable Health health,
        @Nullable BackendSource source,
        @Nullable RequestSigning signing) {
    private static final int USUAL_CONCURRENT = 256;
    private static final int MOST_CONCURRENT = 1_000_000;

    public BackendGroup {
        backends = List.copyOf(backends);
        if (backends.isEmpty() && source == null) {
            throw new IllegalArgumentException("expected at least one backend in group '" + name + "', got none");
        }
        Set<String> seen = new HashSet<>();
        for (Backend backend : backends) {
            if (!seen.add(backend.id())) {
                throw new IllegalArgumentException(
                        "expected each backend of group '" + name + "' once, got " + backend.id() + " twice");
            }
        }
        if (maxConcurrent < 1 || maxConcurrent > MOST_CONCURRENT) {
            throw new IllegalArgumentException(
                    "expected 1 to " + MOST_CONCURRENT + " concurrent attempts at a backend, got " + maxConcurrent);
        }
    }

    /** A group with 256 attempts at a time at each backend, {@link Ejection#standard()}, and no health checks. */
    public BackendGroup(String name, List<Backend> backends, Headers headers, BackendSelector selector) {
        this(name, backends, headers, selector, USUAL_CONCURRENT, Ejection.standard(), null, null, null);
    }

    /** A group whose backends are asked in the order of {@code urls}; see {@link Backend#of}. */
    public static BackendGroup of(String name, String... urls) {
        return of(name, Arrays.stream(urls).map(url -> Backend.of(name, url)).toList());
    }

    /** A group whose backends are asked in this order; for those with a weight or a zone. */
    public static BackendGroup of(String name, List<Backend> backends) {
        return new BackendGroup(name, backends, Headers.empty(), Selectors.listed());
    }

    /** A group whose backends come and go as {@code source} says, in its order of preference. */
    public static BackendGroup of(String name, BackendSource source) {
        return new BackendGroup(
                name,
                List.of(),
                Headers.empty(),
                Selectors.listed(),
                USUAL_CONCURRENT,
                Ejection.standard(),
                null,
                source,
                null);
    }

    /** This group with one more field added to every call. */
    public BackendGroup header(String field, String value) {
        Headers more = headers.toBuilder().add(field, value).build();
        return new BackendGroup(name, backends, more, selector, maxConcurrent, ejection, health, source, signing);
    }

    /** This group with these fields added to every call, in place of any before. */
    public BackendGroup headers(Headers other) {
        return new BackendGroup(name, backends, other, selector, maxConcurrent, ejection, health, source, signing);
    }

    /** This group with another selector. */
    public BackendGroup selector(BackendSelector other) {
        return new BackendGroup(name, backends, headers, other, maxConcurrent, ejection, health, source, signing);
    }

    /** This group with so many attempts at a time at each backend, 1 to 1,000,000. */
    public BackendGroup maxConcurrent(int attempts) {
        return new BackendGroup(name, backends, headers, selector, attempts, ejection, health, source, signing);
    }

    /** This group with other ejections; {@link Ejection#off()} for none. */
    public BackendGroup eject(Ejection other) {
        return new BackendGroup(name, backends, headers, selector, maxConcurrent, other, health, source, signing);
    }

    /** This group with health checks. */
    public BackendGroup health(Health checks) {
        return new BackendGroup(name, backends, headers, selector, maxConcurrent, ejection, checks, source, signing);
    }

    /** This group with signed requests, so that its backends can refuse what has not come through the gateway. */
    public BackendGroup sign(RequestSigning how) {
        return new BackendGroup(name, backends, headers, selector, maxConcurrent, ejection, health, source, how);
    }
}
