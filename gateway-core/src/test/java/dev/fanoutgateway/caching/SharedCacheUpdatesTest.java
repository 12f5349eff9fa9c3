package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.SharedCache.Lookup;
import dev.fanoutgateway.caching.SharedCache.Result;
import dev.fanoutgateway.caching.SharedCache.Stored;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a 304, and a response to HEAD, make of what is stored: RFC 9111 sections 4.3.4 and 4.3.5. */
class SharedCacheUpdatesTest {
    private static final CachePolicy POLICY = CachePolicy.standard();
    private static final CacheKey KEY = new CacheKey("g GET /a");
    private static final GatewayRequest GET = GatewayRequest.get("/a");
    private static final GatewayRequest HEAD = GatewayRequest.of("HEAD", "/a");

    private final FakeClock clock = new FakeClock();
    private final SharedCache cache = new SharedCache(new MemoryResponseCache(1_000_000, clock), clock);

    /** Stored with the tag "a" and ten seconds, of which all have passed. Then how long it is fresh; -1 if gone. */
    @ParameterizedTest(name = "RFC 9111 section {0}: 304 with {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            4.3.4   | ETag: "a"                    | 10
            4.3.4   | X: 1                         | 10
            4.3.4   | ETag: W/"a"                  | 10
            4.3.4   | Cache-Control: max-age=30    | 30
            3.2     | Cache-Control: s-maxage=5    | 5
            3.2     | Cache-Control: public        | 3600
            5.2.2.4 | Cache-Control: no-cache      | 0
            5.2.2.5 | Cache-Control: no-store      | -1
            5.2.2.7 | Cache-Control: private       | -1
            4.1     | Vary: *                      | -1
            4.2.3   | Age: 4                       | 6
            """)
    void confirmedIsStoredAnew(String section, String field, long fresh) {
        CachedResponse entry = stored();
        clock.advance(Duration.ofSeconds(10));
        Optional<Stored> confirmed = confirmed(entry, 304, field);
        CachedResponse given = Objects.requireNonNull(confirmed.orElseThrow().entry());
        assertThat(given.body()).isEqualTo(entry.body());
        assertThat(given.status()).isEqualTo(200);
        assertThat(given.backend()).isEqualTo("other");
        CachedResponse found = found();
        if (fresh < 0) {
            assertThat(found).isNull();
        } else {
            assertThat(found).isNotNull();
            assertThat(CacheRules.ttlSeconds(found, clock.currentTimeMillis())).isEqualTo(fresh);
            assertThat(found.headers().first("ETag")).contains("\"a\"");
        }
    }

    @Test
    void whatIsAboutAnotherChangesNothing() {
        CachedResponse entry = stored();
        clock.advance(Duration.ofSeconds(10));
        assertThat(confirmed(entry, 304, "ETag: \"b\"")).isEmpty();
        assertThat(lookup().result()).isEqualTo(Result.STALE);
        assertThat(found()).isSameAs(entry);
    }

    /** Section 4.3.5: fresh for so long by a response to HEAD; -1 if what is stored is no longer relied upon. */
    @ParameterizedTest(name = "RFC 9111 section 4.3.5: {0} with {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            200 | ETag: "a"                 | 10
            200 | X: 1                      | 10
            200 | Cache-Control: max-age=30 | 30
            200 | Content-Length: 4         | 10
            200 | Content-Length: 5         | -1
            200 | ETag: "b"                 | -1
            200 | Cache-Control: no-store   | -1
            404 | ETag: "b"                 | 0
            503 | X: 1                      | 0
            """)
    void headUpdatesOrEnds(int status, String field, long fresh) {
        CachedResponse entry = stored();
        clock.advance(Duration.ofSeconds(10));
        GatewayResponse head = new GatewayResponse(status, headers(field), Body.empty());
        cache.headed(POLICY, KEY, HEAD, entry, head, clock.currentTimeMillis())
                .toCompletableFuture()
                .join();
        CachedResponse found = found();
        if (fresh < 0) {
            assertThat(found).isNull();
        } else {
            assertThat(found).isNotNull();
            assertThat(CacheRules.ttlSeconds(found, clock.currentTimeMillis())).isEqualTo(fresh);
            assertThat(found.body()).isEqualTo(entry.body());
            assertThat(found.headers().contains("X")).isEqualTo(status == 200 && field.startsWith("X"));
        }
    }

    private Optional<Stored> confirmed(CachedResponse entry, int status, String field) {
        GatewayResponse notModified = new GatewayResponse(status, headers(field), Body.empty());
        return cache.confirmed(POLICY, KEY, GET, entry, notModified, "other", clock.currentTimeMillis());
    }

    private static Headers headers(String field) {
        int colon = field.indexOf(':');
        return Headers.of(field.substring(0, colon), Ascii.trim(field.substring(colon + 1)));
    }

    private CachedResponse stored() {
        Headers headers = Headers.of("Cache-Control", "max-age=10", "ETag", "\"a\"");
        GatewayResponse response = new GatewayResponse(200, headers, Body.utf8("body"));
        cache.store(POLICY, KEY, GET, response, "b", clock.currentTimeMillis())
                .done()
                .toCompletableFuture()
                .join();
        return Objects.requireNonNull(found());
    }

    private @Nullable CachedResponse found() {
        return lookup().entry();
    }

    private Lookup lookup() {
        return cache.lookup(POLICY, KEY, GET).toCompletableFuture().join();
    }
}
