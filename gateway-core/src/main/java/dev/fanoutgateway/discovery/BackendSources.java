package dev.fanoutgateway.discovery;

import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The embedded sources of backends. Each is safe for use by any thread, and may serve several groups. */
public final class BackendSources {
    private static final Duration SELDOM = Duration.ofDays(1);
    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(2);

    private BackendSources() {}

    /** Always these, in this order; see {@link Backend#of}. A group that is made with a list is the same, for less. */
    public static BackendSource listed(String... urls) {
        List<String> copy = List.copyOf(Arrays.asList(urls));
        copy.forEach(url -> Backend.of("any", url)); // refuses at once what is none
        return group -> CompletableFuture.completedFuture(new BackendSource.Listing(
                copy.stream().map(url -> Backend.of(group, url)).toList(), SELDOM));
    }

    /** As {@link #file(Path, Duration)}, looking every two seconds. */
    public static BackendSource file(Path file) {
        return file(file, USUAL_INTERVAL);
    }

    /**
     * Backends in a JSON or YAML file, which is read again when it changes: a list of URLs, or of {@code
     * {url, weight?, zone?}}, in order of preference; or an object that has this list as {@code backends}. YAML needs {@code
     * jackson-dataformat-yaml} on the class path.
     *
     * <p>A change is taken once the file is found the same twice in a row, the second time after 1 s, or {@code every} if that
     * is less: a file that is being written changes nothing. Nor does one that stays broken, unreadable or empty. Only a
     * writer who pauses for longer, with what he has written so far a whole list, is not told from one who is through: replace
     * the file by a rename, or write the list in brackets.
     *
     * @param every how often it is read, 10 ms to 1 day
     */
    public static BackendSource file(Path file, Duration every) {
        if (every.compareTo(Duration.ofMillis(10)) < 0 || every.compareTo(SELDOM) > 0) {
            throw new IllegalArgumentException("expected an interval of 10ms to 1 day, got " + every);
        }
        return new FileBackends(file, every);
    }

    /** As {@link DnsBackends#addresses(String)}. */
    public static DnsBackends dns(String url) {
        return DnsBackends.addresses(url);
    }

    /** As {@link DnsBackends#services(String, String)}. */
    public static DnsBackends services(String scheme, String name) {
        return DnsBackends.services(scheme, name);
    }
}
