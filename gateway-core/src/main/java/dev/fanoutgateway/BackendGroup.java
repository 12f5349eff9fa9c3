package dev.fanoutgateway;

import dev.fanoutgateway.fanout.Selectors;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Replicas of one API, and how they are asked. Immutable: each method gives a changed copy.
 *
 * @param name names it in routes
 * @param backends in order of preference, at least one
 * @param headers added to every call, in place of a client's fields of the same names; may hold secrets
 * @param selector decides whom to ask, and in which order
 */
public record BackendGroup(String name, List<Backend> backends, Headers headers, BackendSelector selector) {
    public BackendGroup {
        backends = List.copyOf(backends);
        if (backends.isEmpty()) {
            throw new IllegalArgumentException("expected at least one backend in group '" + name + "', got none");
        }
        Set<String> seen = new HashSet<>();
        for (Backend backend : backends) {
            if (!seen.add(backend.id())) {
                throw new IllegalArgumentException(
                        "expected each backend of group '" + name + "' once, got " + backend.id() + " twice");
            }
        }
    }

    /** A group whose backends are asked in the order of {@code urls}; see {@link Backend#of}. */
    public static BackendGroup of(String name, String... urls) {
        List<Backend> backends =
                Arrays.stream(urls).map(url -> Backend.of(name, url)).toList();
        return new BackendGroup(name, backends, Headers.empty(), Selectors.listed());
    }

    /** This group with one more field added to every call. */
    public BackendGroup header(String field, String value) {
        return new BackendGroup(
                name, backends, headers.toBuilder().add(field, value).build(), selector);
    }

    /** This group with another selector. */
    public BackendGroup selector(BackendSelector other) {
        return new BackendGroup(name, backends, headers, other);
    }
}
