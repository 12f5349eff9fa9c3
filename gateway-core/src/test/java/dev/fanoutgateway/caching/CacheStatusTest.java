package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CacheStatus.Forward;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CacheStatusTest {
    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("rows")
    void rendersAsStructuredField(String section, CacheStatus status, String expected) {
        assertThat(status.value()).as("RFC 9211 section " + section).isEqualTo(expected);
        assertThat(status).hasToString(expected);
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                row("2.1", CacheStatus.hit(42), "fanout-gateway; hit; ttl=42"),
                row("2.4", CacheStatus.hit(-7), "fanout-gateway; hit; ttl=-7"),
                row("2.8", CacheStatus.hit(3).detail("absent"), "fanout-gateway; hit; ttl=3; detail=absent"),
                row("2.2", CacheStatus.forwarded(Forward.BYPASS), "fanout-gateway; fwd=bypass"),
                row("2.2", CacheStatus.forwarded(Forward.METHOD), "fanout-gateway; fwd=method"),
                row("2.2", CacheStatus.forwarded(Forward.REQUEST), "fanout-gateway; fwd=request"),
                row("2.2", CacheStatus.forwarded(Forward.PARTIAL), "fanout-gateway; fwd=partial"),
                row("2.2", CacheStatus.forwarded(SharedCache.Result.MISS), "fanout-gateway; fwd=uri-miss"),
                row("2.2", CacheStatus.forwarded(SharedCache.Result.VARY_MISS), "fanout-gateway; fwd=vary-miss"),
                row("2.2", CacheStatus.forwarded(SharedCache.Result.STALE), "fanout-gateway; fwd=stale"),
                row(
                        "2.8",
                        CacheStatus.forwarded(SharedCache.Result.UNCACHEABLE),
                        "fanout-gateway; fwd=miss; detail=uncacheable"),
                row("2.5", CacheStatus.forwarded(Forward.MISS).stored(true), "fanout-gateway; fwd=miss; stored"),
                row(
                        "2.6",
                        CacheStatus.forwarded(Forward.URI_MISS).stored(true).collapsed(true),
                        "fanout-gateway; fwd=uri-miss; stored; collapsed"),
                row(
                        "2.8",
                        CacheStatus.forwarded(Forward.MISS).detail("no \"luck\" \\ \u00e9\n"),
                        "fanout-gateway; fwd=miss; detail=\"no \\\"luck\\\" \\\\ ??\""),
                row(
                        "2.8",
                        CacheStatus.forwarded(Forward.MISS).detail("9th"),
                        "fanout-gateway; fwd=miss; detail=\"9th\""),
                row(
                        "2.8",
                        CacheStatus.forwarded(Forward.MISS).detail("a;b"),
                        "fanout-gateway; fwd=miss; detail=\"a;b\""));
    }

    private static Arguments row(String section, CacheStatus status, String expected) {
        return Arguments.of(section, status, expected);
    }
}
