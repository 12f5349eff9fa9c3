package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Validators}: asking whether a stored response still holds, and what the answer is about. */
class ValidatorsTest {
    private static final String MONDAY = "Mon, 05 Jan 2026 00:00:00 GMT";
    private static final String TUESDAY = "Tue, 06 Jan 2026 00:00:00 GMT";
    private static final GatewayRequest GET = GatewayRequest.get("/a");

    /** The conditions are null where the entry cannot be validated. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("asked")
    void asksByWhatIsStored(String section, Headers stored, @org.jspecify.annotations.Nullable Headers conditions) {
        GatewayRequest asked = Validators.conditional(GET, entry(stored));
        assertThat(asked == null ? null : asked.headers()).isEqualTo(conditions);
        assertThat(Validators.in(stored)).isEqualTo(conditions != null);
    }

    static Stream<Arguments> asked() {
        String section = "RFC 9111 section 4.3.1";
        return Stream.of(
                Arguments.of(section, of("ETag", "\"a\""), of("If-None-Match", "\"a\"")),
                Arguments.of(section, of("ETag", "W/\"a\""), of("If-None-Match", "W/\"a\"")),
                Arguments.of(section, of("Last-Modified", MONDAY), of("If-Modified-Since", MONDAY)),
                Arguments.of(
                        section,
                        of("ETag", "\"a\"", "Last-Modified", MONDAY),
                        of("If-None-Match", "\"a\"", "If-Modified-Since", MONDAY)),
                Arguments.of(section, of(), null),
                Arguments.of("RFC 9110 section 8.8.3", of("ETag", "\"\""), of("If-None-Match", "\"\"")),
                Arguments.of("RFC 9110 section 8.8.3", of("ETag", "a"), null),
                Arguments.of("RFC 9110 section 8.8.3", of("ETag", "\"a"), null),
                Arguments.of("RFC 9110 section 8.8.3", of("ETag", "\"a b\""), null),
                Arguments.of("RFC 9110 section 8.8.3", of("ETag", "\"a\"b\""), null),
                Arguments.of("RFC 9110 section 8.8.3", of("ETag", "w/\"a\""), null),
                Arguments.of("RFC 9110 section 8.8.3", of("ETag", "\"a\"", "ETag", "\"b\""), null),
                Arguments.of("RFC 9110 section 8.8.2", of("Last-Modified", "yesterday"), null),
                Arguments.of("RFC 9110 section 8.8.2", of("Last-Modified", MONDAY, "Last-Modified", TUESDAY), null));
    }

    /** RFC 9111 section 4.3.1: the answer is for all, so the client's own conditions and ranges do not go with it. */
    @Test
    void asksForAllOfIt() {
        GatewayRequest request = GET.header("If-None-Match", "\"x\"")
                .header("If-Modified-Since", TUESDAY)
                .header("Range", "bytes=0-1")
                .header("If-Range", "\"x\"")
                .header("Accept", "text/html");
        GatewayRequest asked = Validators.conditional(request, entry(of("ETag", "\"a\"")));
        assertThat(asked).isNotNull();
        assertThat(asked.headers()).isEqualTo(of("Accept", "text/html", "If-None-Match", "\"a\""));
    }

    @ParameterizedTest(name = "{0}: {1} of {2}: {3}")
    @MethodSource("confirming")
    void confirmsWhatItIsAbout(String section, Headers notModified, Headers stored, boolean confirmed) {
        assertThat(Validators.confirms(notModified, entry(stored))).isEqualTo(confirmed);
    }

    static Stream<Arguments> confirming() {
        String section = "RFC 9111 section 4.3.4";
        Headers strong = of("ETag", "\"a\"");
        Headers weak = of("ETag", "W/\"a\"");
        Headers monday = of("Last-Modified", MONDAY);
        Headers both = of("ETag", "\"a\"", "Last-Modified", MONDAY);
        return Stream.of(
                Arguments.of(section + ": the same strong validator", strong, strong, true),
                Arguments.of(section + ": another one", of("ETag", "\"b\""), strong, false),
                Arguments.of(section + ": a strong one is no weak one", strong, weak, false),
                Arguments.of(section + ": nothing stored has it", strong, monday, false),
                Arguments.of(section + ": a weak one that corresponds", weak, weak, true),
                Arguments.of(section + ": a weak one that corresponds to a strong", weak, strong, true),
                Arguments.of(section + ": another weak one", of("ETag", "W/\"b\""), weak, false),
                Arguments.of(
                        section + ": a tag counts before a date",
                        of("ETag", "\"b\"", "Last-Modified", MONDAY),
                        both,
                        false),
                Arguments.of(
                        section + ": a replica's own date", of("ETag", "\"a\"", "Last-Modified", TUESDAY), both, true),
                Arguments.of(section + ": a date that corresponds", monday, monday, true),
                Arguments.of(section + ": the tag was left out", monday, both, true),
                Arguments.of(section + ": another date", of("Last-Modified", TUESDAY), monday, false),
                Arguments.of(section + ": another date, the tag left out", of("Last-Modified", TUESDAY), both, false),
                Arguments.of(section + ": a date where only a tag is stored", monday, strong, true),
                Arguments.of("RFC 9110 section 15.4.5: all left out", of(), both, true),
                Arguments.of("RFC 9110 section 15.4.5: all left out", of(), monday, true),
                Arguments.of("RFC 9110 section 8.8.3: a tag that is none", of("ETag", "b"), strong, true));
    }

    @ParameterizedTest(name = "{0}: {1} of {2}: {3}")
    @MethodSource("headed")
    void headIsOfTheSame(String section, Headers head, Headers stored, boolean same) {
        assertThat(Validators.sameRepresentation(head, entry(stored))).isEqualTo(same);
    }

    static Stream<Arguments> headed() {
        String section = "RFC 9111 section 4.3.5";
        Headers both = of("ETag", "\"a\"", "Last-Modified", MONDAY);
        return Stream.of(
                Arguments.of(section, both, both, true),
                Arguments.of(section, of(), both, true),
                Arguments.of(section, of("ETag", "\"b\"", "Last-Modified", MONDAY), both, false),
                Arguments.of(section, of("ETag", "\"a\"", "Last-Modified", TUESDAY), both, false),
                Arguments.of(section, of("ETag", "\"a\""), of(), false),
                Arguments.of(section, of("Content-Length", "4"), both, true),
                Arguments.of(section, of("Content-Length", " 4 "), both, true),
                Arguments.of(section, of("Content-Length", "5"), both, false));
    }

    private static Headers of(String... fields) {
        return Headers.of(fields);
    }

    private static CachedResponse entry(Headers fields) {
        return new CachedResponse(CachedResponse.Kind.RESPONSE, 200, fields, new byte[4], "b", 0, 0, 60_000, 60_000);
    }
}
