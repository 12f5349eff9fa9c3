package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@link Signpost}: which variants there are under a key (RFC 9111 section 4.1). */
class SignpostTest {
    private static final CacheKey KEY = new CacheKey("GET /a");
    private static final GatewayRequest ENGLISH = GatewayRequest.get("/a").header("Accept-Language", "en");
    private static final GatewayRequest FRENCH = GatewayRequest.get("/a").header("Accept-Language", "fr");

    @Test
    void variantsStandInPlacesOfTheirOwn() {
        Signpost signpost = Signpost.begin(List.of("accept-language"));
        assertThat(signpost.place(KEY, ENGLISH)).isEqualTo(signpost.place(KEY, ENGLISH.header("X", "1")));
        assertThat(signpost.place(KEY, ENGLISH)).isNotEqualTo(signpost.place(KEY, FRENCH));
        assertThat(signpost.place(KEY, ENGLISH)).isNotEqualTo(KEY);
    }

    @Test
    void isReadAsItWasStored() {
        Signpost signpost = Signpost.begin(List.of("accept", "x-a")).oneMore().oneMore();
        assertThat(Signpost.of(Optional.of(signpost.entry(variant(1_000))))).isEqualTo(signpost);
    }

    @Test
    void outlivesItsVariants() {
        Signpost signpost = Signpost.begin(List.of("accept"));
        long hour = Duration.ofHours(1).toMillis();
        assertThat(signpost.entry(variant(1_000)).keepMillis()).isEqualTo(hour);
        assertThat(signpost.entry(variant(2 * hour)).keepMillis()).isEqualTo(2 * hour);
    }

    @Test
    void anotherFieldBeginsAnew() {
        Signpost signpost = Signpost.begin(List.of("accept")).oneMore();
        assertThat(signpost.naming(List.of("accept"))).isSameAs(signpost);
        Signpost wider = signpost.naming(List.of("origin"));
        assertThat(wider.names()).containsExactly("accept", "origin");
        assertThat(wider.generation()).isNotEqualTo(signpost.generation());
        assertThat(wider.variants()).isZero();
        assertThat(wider.naming(List.of("accept"))).isSameAs(wider);
        assertThat(wider.place(KEY, ENGLISH)).isNotEqualTo(signpost.place(KEY, ENGLISH));
    }

    /** So that one who sends ever new values fills no store: the old ones are no longer found, and are evicted. */
    @Test
    void tooManyVariantsBeginAnew() {
        Signpost signpost = Signpost.begin(List.of("accept"));
        long generation = signpost.generation();
        for (int i = 0; i < Signpost.MOST_VARIANTS; i++) {
            signpost = signpost.oneMore();
        }
        assertThat(signpost.generation()).isEqualTo(generation);
        assertThat(signpost.variants()).isEqualTo(Signpost.MOST_VARIANTS);
        Signpost next = signpost.oneMore();
        assertThat(next.generation()).isNotEqualTo(generation);
        assertThat(next.variants()).isEqualTo(1);
        assertThat(next.names()).isEqualTo(signpost.names());
    }

    @Test
    void otherEntriesAreNone() {
        CachedResponse stored = Signpost.begin(List.of("accept")).entry(variant(1_000));
        assertThat(Signpost.of(Optional.empty())).isNull();
        assertThat(Signpost.of(Optional.of(variant(1_000)))).isNull();
        assertThat(Signpost.of(Optional.of(with(stored, stored.headers(), new byte[3]))))
                .isNull();
        assertThat(Signpost.of(Optional.of(with(stored, Headers.empty(), stored.body()))))
                .isNull();
        assertThat(Objects.requireNonNull(Signpost.of(Optional.of(stored))).names())
                .containsExactly("accept");
    }

    private static CachedResponse with(CachedResponse entry, Headers headers, byte[] body) {
        return new CachedResponse(entry.kind(), 0, headers, body, "b", 0, 0, entry.freshMillis(), entry.keepMillis());
    }

    private static CachedResponse variant(long keepMillis) {
        return new CachedResponse(Kind.RESPONSE, 200, Headers.empty(), new byte[0], "b", 0, 0, keepMillis, keepMillis);
    }
}
