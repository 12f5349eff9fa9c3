package dev.fanoutgateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fanoutgateway.auth.Extraction.Kind;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.KeyCredential.Source;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KeyExtractorTest {
    private static final KeyExtractor EXTRACTOR = KeyExtractor.standard();

    /** What comes in, and what is made of it: kind, key, its source, target and fields of the stripped request. */
    private record Row(GatewayRequest request, Kind kind, String key, Source source, String target, Headers headers) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(request.target());
            request.headers()
                    .forEach((name, value) -> text.append(' ')
                            .append(name)
                            .append(": ")
                            .append(value.length() > 60 ? value.length() + " characters" : value));
            return text.length() > 200 ? text.substring(0, 200) : text.toString();
        }
    }

    private static Arguments none(String target, String... headers) {
        return row(target, Kind.NONE, null, null, target, Headers.of(headers), headers);
    }

    private static Arguments header(String key, String... headers) {
        return row("/a", Kind.PRESENT, key, Source.HEADER, "/a", Headers.empty(), headers);
    }

    private static Arguments bearer(String key, String... headers) {
        return row("/a", Kind.PRESENT, key, Source.BEARER, "/a", Headers.empty(), headers);
    }

    private static Arguments query(String key, String target, String stripped, String... headers) {
        return row(target, Kind.PRESENT, key, Source.QUERY, stripped, Headers.empty(), headers);
    }

    private static Arguments refused(Kind kind, String target, String stripped, String... headers) {
        return row(target, kind, null, null, stripped, Headers.empty(), headers);
    }

    private static Arguments row(
            String target, Kind kind, String key, Source source, String stripped, Headers kept, String... headers) {
        GatewayRequest request = GatewayRequest.get(target).withHeaders(Headers.of(headers));
        return Arguments.of(new Row(request, kind, key, source, stripped, kept));
    }

    static Stream<Arguments> rows() {
        String longest = "k".repeat(512);
        return Stream.of(
                none("/a"),
                none("/a", "Accept", "*/*"),
                none("/a?"),
                none("/a?b=1"),
                none("/a?&&"),
                none("/a?b=1&c=%zz&%", "Accept", "*/*"),
                none("/a?api_keys=1&xapi_key=2&api_ke=3"),
                none("/a?API_KEY=1"),
                none("/a?b=api_key=1"),
                none("/a?api%255Fkey=1"),
                none("/a?api_key%00=1"),
                none("/a?api+key=1"),
                none("/a?api_key%=1"),
                none("/a?api%5=1"),
                none("/a", "Authorization", "Basic dTpw"),
                none("/a", "Authorization", "Bearerless k"),
                none("/a", "Authorization", ""),
                none("/a", "X-API-Keys", "k", "X-API-Ke", "k"),
                header("k", "X-API-Key", "k"),
                header("k", "x-api-key", "k"),
                header("k", "X-API-Key", " \tk\t "),
                header("a b,c~!", "X-API-Key", "a b,c~!"),
                header(longest, "X-API-Key", longest),
                header("k", "X-API-Key", "k", "x-api-key", "k"),
                header("k", "X-API-Key", "k", "Authorization", "Bearer k"),
                header("k", "Authorization", "Bearer k", "X-API-Key", "k"),
                header("k", "X-API-Key", "k", "X_API_Key", "other"),
                header("k", "X-API-Key", "k", "x_api-KEY", "other", "x-api_key", "more"),
                row(
                        "/a",
                        Kind.PRESENT,
                        "k",
                        Source.HEADER,
                        "/a",
                        Headers.of("Accept", "*/*", "Host", "h"),
                        "Accept",
                        "*/*",
                        "X-API-Key",
                        "k",
                        "Host",
                        "h"),
                row(
                        "/a",
                        Kind.PRESENT,
                        "k",
                        Source.HEADER,
                        "/a",
                        Headers.of("Authorization", "Basic dTpw"),
                        "Authorization",
                        "Basic dTpw",
                        "X-API-Key",
                        "k"),
                row(
                        "/a",
                        Kind.PRESENT,
                        "k",
                        Source.BEARER,
                        "/a",
                        Headers.of("Authorization", "Basic dTpw", "Accept", "*/*"),
                        "Authorization",
                        "Basic dTpw",
                        "authorization",
                        "bearer k",
                        "X_API_KEY",
                        "o",
                        "Accept",
                        "*/*"),
                row("/a", Kind.NONE, null, null, "/a", Headers.empty(), "X_API_Key", "k"),
                bearer("k", "Authorization", "Bearer k"),
                bearer("k", "authorization", "BEARER k"),
                bearer("k", "Authorization", "  bEaReR    k  "),
                bearer("k", "Authorization", "Bearer\tk"),
                bearer("k", "Authorization", "Bearer k", "Authorization", "bearer k"),
                bearer("abc.DEF-_~+/==", "Authorization", "Bearer abc.DEF-_~+/=="),
                query("k", "/a?api_key=k", "/a"),
                query("k", "/a?api_key=k&b=1", "/a?b=1"),
                query("k", "/a?b=1&api_key=k", "/a?b=1"),
                query("k", "/a?b=%2f&api_key=k&c=+%20&b=1", "/a?b=%2f&c=+%20&b=1"),
                query("k", "/a?api_key=k&api_key=k", "/a"),
                query("k", "/a?api_key=k&b&api_key=k", "/a?b"),
                query("k", "/a?api%5Fkey=k", "/a"),
                query("k", "/a?api%5fkey=k", "/a"),
                query("k", "/a?%61pi_key=k", "/a"),
                query("k", "/a?%61%70%69%5F%6b%65%79=k&x", "/a?x"),
                query("a+b/c=", "/a?api_key=a%2Bb%2fc=", "/a"),
                query("a b", "/a?api_key=a+b", "/a"),
                query("k", "/a?&api_key=k&", "/a?&"),
                query("k", "/a?api_key=k&", "/a"),
                query("k", "/a?api_key=%6B", "/a"),
                row(
                        "/a?api_key=k",
                        Kind.PRESENT,
                        "k",
                        Source.HEADER,
                        "/a",
                        Headers.empty(),
                        "X-API-Key",
                        "k",
                        "Authorization",
                        "Bearer k"),
                row(
                        "/a?api_key=k",
                        Kind.PRESENT,
                        "k",
                        Source.BEARER,
                        "/a",
                        Headers.empty(),
                        "Authorization",
                        "Bearer k"),
                refused(Kind.CONFLICT, "/a", "/a", "X-API-Key", "k", "X-API-Key", "l"),
                refused(Kind.CONFLICT, "/a", "/a", "X-API-Key", "k", "Authorization", "Bearer l"),
                refused(Kind.CONFLICT, "/a", "/a", "Authorization", "Bearer k", "Authorization", "Bearer l"),
                refused(Kind.CONFLICT, "/a?api_key=l", "/a", "X-API-Key", "k"),
                refused(Kind.CONFLICT, "/a?api_key=k&api%5Fkey=l&b", "/a?b"),
                refused(Kind.CONFLICT, "/a?api_key=K", "/a", "X-API-Key", "k"),
                refused(Kind.MALFORMED, "/a", "/a", "X-API-Key", ""),
                refused(Kind.MALFORMED, "/a", "/a", "X-API-Key", " \t"),
                refused(Kind.MALFORMED, "/a", "/a", "X-API-Key", longest + "k"),
                refused(Kind.MALFORMED, "/a", "/a", "X-API-Key", "a\tb"),
                refused(Kind.MALFORMED, "/a", "/a", "X-API-Key", "k\u00e9y"),
                refused(Kind.MALFORMED, "/a", "/a", "X-API-Key", "k", "X-API-Key", ""),
                refused(Kind.MALFORMED, "/a", "/a", "X-API-Key", "k", "X-API-Key", "l", "X-API-Key", ""),
                refused(Kind.MALFORMED, "/a", "/a", "Authorization", "Bearer"),
                refused(Kind.MALFORMED, "/a", "/a", "Authorization", "Bearer "),
                refused(Kind.MALFORMED, "/a", "/a", "Authorization", "Bearer \u2028"),
                refused(Kind.MALFORMED, "/a?api_key", "/a"),
                refused(Kind.MALFORMED, "/a?api_key=", "/a"),
                refused(Kind.MALFORMED, "/a?api_key&b", "/a?b"),
                refused(Kind.MALFORMED, "/a?api_key=", "/a", "X-API-Key", "k"),
                refused(Kind.MALFORMED, "/a?api_key=%", "/a"),
                refused(Kind.MALFORMED, "/a?api_key=%6", "/a"),
                refused(Kind.MALFORMED, "/a?api_key=%6&b", "/a?b"),
                refused(Kind.MALFORMED, "/a?api_key=%zz", "/a"),
                refused(Kind.MALFORMED, "/a?api_key=%-1", "/a"),
                refused(Kind.MALFORMED, "/a?api_key=k%0d%0aX:1", "/a"),
                refused(Kind.MALFORMED, "/a?api_key=k%00", "/a"),
                refused(Kind.MALFORMED, "/a?api_key=k%C3%A9", "/a"),
                refused(Kind.MALFORMED, "/a?api_key=k\u00e9", "/a"),
                refused(Kind.MALFORMED, "/a?api_key=" + longest + "k", "/a"),
                refused(Kind.MALFORMED, "/a?api_key=" + "%6b".repeat(513), "/a"),
                refused(Kind.MALFORMED, "/a?api_key=+", "/a"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void findsTheKeyAndTakesItOut(Row row) {
        Extraction extraction = EXTRACTOR.extract(row.request);

        assertThat(extraction.kind()).isEqualTo(row.kind);
        KeyCredential credential = extraction.credential();
        assertThat(credential == null ? null : credential.secret()).isEqualTo(row.key);
        assertThat(credential == null ? null : credential.source()).isEqualTo(row.source);
        assertThat(extraction.stripped().target()).isEqualTo(row.target);
        assertThat(extraction.stripped().headers()).isEqualTo(row.headers);
        assertThat(extraction.toString()).isEqualTo("Extraction[" + row.kind + "]");
        if (row.target.equals(row.request.target()) && row.headers.equals(row.request.headers())) {
            assertThat(extraction.stripped()).isSameAs(row.request);
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void strippingTwiceIsStrippingOnce(Row row) {
        GatewayRequest stripped = EXTRACTOR.extract(row.request).stripped();

        assertThat(EXTRACTOR.extract(stripped).kind()).isEqualTo(Kind.NONE);
        assertThat(EXTRACTOR.extract(stripped).stripped()).isSameAs(stripped);
    }

    @Test
    void keepsMethodBodyAndAddress() {
        Body body = Body.utf8("api_key=k");
        GatewayRequest request = GatewayRequest.of("POST", "/a?api_key=k")
                .withBody(body)
                .from("192.0.2.1")
                .header("X-API-Key", "k");

        GatewayRequest stripped = EXTRACTOR.extract(request).stripped();

        assertThat(stripped.method()).isEqualTo("POST");
        assertThat(stripped.body()).isSameAs(body);
        assertThat(stripped.clientAddress()).isEqualTo("192.0.2.1");
        assertThat(stripped.query()).isNull();
    }

    @Test
    void stripLeavesAuthorization() {
        GatewayRequest request = GatewayRequest.get("/a?api%5Fkey=k&b=%2f&api_key")
                .withHeaders(Headers.of("X-API-Key", "k", "Authorization", "Bearer b", "x_api_key", "l"));

        GatewayRequest stripped = EXTRACTOR.strip(request);

        assertThat(stripped.target()).isEqualTo("/a?b=%2f");
        assertThat(stripped.headers()).isEqualTo(Headers.of("Authorization", "Bearer b"));
        assertThat(EXTRACTOR.strip(stripped)).isSameAs(stripped);
    }

    @Test
    void otherNamesMayBeChosen() {
        KeyExtractor extractor = KeyExtractor.of("Api-Token", "token");
        GatewayRequest request = GatewayRequest.get("/a?token=t&api_key=k")
                .withHeaders(Headers.of("api_token", "u", "X-API-Key", "k", "API-TOKEN", "t"));

        Extraction extraction = extractor.extract(request);

        assertThat(extraction.kind()).isEqualTo(Kind.PRESENT);
        assertThat(extraction.stripped().target()).isEqualTo("/a?api_key=k");
        assertThat(extraction.stripped().headers()).isEqualTo(Headers.of("X-API-Key", "k"));
    }

    @Test
    void namesThatCannotWorkAreRefused() {
        for (String name : List.of("", "a b", "a:b", "a\r\nb", "Authorization", "authorization")) {
            assertThatIllegalArgumentException().isThrownBy(() -> KeyExtractor.of(name, "k"));
        }
        for (String name : List.of("", "a b", "a&b", "a=b", "a%62", "a+b", "\u00e9")) {
            assertThatIllegalArgumentException().isThrownBy(() -> KeyExtractor.of("X-API-Key", name));
        }
    }

    /** Whatever stands in a query, no parameter of our name survives, and the others stay byte for byte. */
    @Test
    void randomQueriesKeepEveryOtherParameter() {
        Random random = new Random(20_260_101);
        String[] pieces = {"api_key", "api%5fkey", "a", "=", "&", "%", "%6", "%61", "+", "x=1", "_key", "", "api"};
        for (int i = 0; i < 20_000; i++) {
            StringBuilder query = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                query.append(pieces[random.nextInt(pieces.length)]);
            }
            GatewayRequest request = GatewayRequest.get("/a").withQuery(query.toString());

            String stripped = EXTRACTOR.extract(request).stripped().query();

            assertThat(stripped).as(query.toString()).isEqualTo(expected(query.toString()));
        }
    }

    private static String expected(String query) {
        List<String> all = List.of(query.split("&", -1));
        List<String> others = all.stream()
                .filter(parameter -> !parameter
                        .replaceFirst("=.*", "")
                        .replace("%61", "a")
                        .replaceAll("%5[fF]", "_")
                        .equals("api_key"))
                .toList();
        String kept = String.join("&", others);
        return others.size() < all.size() && kept.isEmpty() ? null : kept;
    }
}
