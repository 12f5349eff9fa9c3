package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link CacheRules#keyFor} and the keys of variants. */
class KeysTest {
    private static final CachePolicy POLICY = CachePolicy.standard();
    private static final CachePolicy PER_CALLER = POLICY.perCaller(true);
    private static final CacheKey BASE = new CacheKey("g GET /a");

    @Test
    void keyIsWhatIsForwarded() {
        assertThat(key("stocks", POLICY, "/api/v1/prices?symbol=IBM", "bob"))
                .isEqualTo("stocks GET /api/v1/prices?symbol=IBM");
        assertThat(key("stocks", PER_CALLER, "/p", "bob")).isEqualTo("stocks GET @bob /p");
        assertThat(key("stocks", PER_CALLER, "/p", null)).isEqualTo("stocks GET @ /p");
    }

    @Test
    void nothingIsNormalised() {
        assertThat(List.of("/A", "/a", "/a/", "//a", "/./a", "/%61", "/a?", "/a?b", "/a?b=", "/a?b&b", "/a%3Fb"))
                .extracting(target -> key("g", POLICY, target, null))
                .doesNotHaveDuplicates();
    }

    @Test
    void headIsAnsweredFromGet() {
        GatewayRequest head = GatewayRequest.of("HEAD", "/a");
        assertThat(CacheRules.keyFor("g", POLICY, head, null).value()).isEqualTo("g GET /a");
    }

    /** RFC 9111 section 2: whatever its parts hold, a key stands for one request only. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noTwoRequestsHaveOneKey(long seed) {
        Random random = new Random(seed);
        Map<CacheKey, String> seen = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            String group = Generated.text(random, "g %@/[]GET?");
            String partition = random.nextInt(3) == 0 ? null : Generated.text(random, "@ /%?gG[]");
            String query = random.nextInt(3) == 0 ? null : Generated.text(random, "@ /?g");
            // A question mark in the path is one on the wire too.
            String path = '/' + Generated.text(random, "@ /%gGET");
            GatewayRequest request = new GatewayRequest("GET", path, query, Headers.empty(), Body.empty(), "");
            CachePolicy policy = partition == null ? POLICY : PER_CALLER;
            CacheKey key = CacheRules.keyFor(group, policy, request, partition);
            String parts = "%d:%s|%s|%s".formatted(group.length(), group, length(partition), request.target());
            assertThat(seen.merge(key, parts, (one, other) -> one)).isEqualTo(parts);
        }
    }

    @ParameterizedTest(name = "{0}: Vary {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    order of names   | Accept, Accept-Language | accept-language,accept
                    case of names    | ACCEPT                  | accept
                    repeated names   | Accept, accept          | Accept
                    blanks and commas| , Accept ,,             | Accept
                    """)
    void namesAreNormalised(String what, String vary, String same) {
        GatewayRequest request =
                GatewayRequest.get("/a").header("Accept", "text/html").header("Accept-Language", "en");
        assertThat(variantKey(BASE, vary, request)).isEqualTo(variantKey(BASE, same, request));
    }

    @ParameterizedTest(name = "RFC 9111 section 4.1: {0}: ''{1}'' and ''{2}'' are the same: {3}")
    @CsvSource(delimiter = '|', emptyValue = "", textBlock = """
                    Accept-Language | en, de      | en,de           | true
                    Accept-Language | EN          | en              | true
                    Accept-Language | en ; q=0.5  | en;q=0.5        | true
                    Accept-Language | en, de      | de, en          | false
                    Accept-Encoding | gzip , br   | gzip,br         | true
                    Accept-Encoding | gzip br     | gzipbr          | false
                    Accept          | a/b, c/d    | a/b,c/d         | true
                    Accept          | a/b;p="x y" | a/b;p="xy"      | false
                    Accept          | a/b;p=X     | a/b;p=x         | false
                    Origin          | http://a    | http://A        | false
                    X-Any           | a, b        | a,b             | false
                    X-Any           | a           | A               | false
                    User-Agent      | a b         | a  b            | false
                    """)
    void valuesAreNormalisedWhereTheirMeaningIsKnown(String name, String one, String other, boolean same) {
        GatewayRequest first = GatewayRequest.get("/a").header(name, one);
        GatewayRequest second = GatewayRequest.get("/a").header(name, other);
        assertThat(variantKey(BASE, name, first).equals(variantKey(BASE, name, second)))
                .isEqualTo(same);
        assertThat(CacheRules.sameVariant(Headers.of("Vary", name), first, second))
                .isEqualTo(same);
    }

    @Test
    void severalLinesAreOneList() {
        GatewayRequest lines = GatewayRequest.get("/a").header("Accept", "a/b").header("accept", "c/d");
        GatewayRequest line = GatewayRequest.get("/a").header("Accept", "a/b, c/d");
        assertThat(variantKey(BASE, "Accept", lines)).isEqualTo(variantKey(BASE, "Accept", line));
    }

    @Test
    void missingIsNotEmpty() {
        GatewayRequest missing = GatewayRequest.get("/a");
        GatewayRequest empty = missing.header("Accept", "");
        assertThat(variantKey(BASE, "Accept", missing)).isNotEqualTo(variantKey(BASE, "Accept", empty));
        assertThat(CacheRules.sameVariant(Headers.of("Vary", "Accept"), missing, empty))
                .isFalse();
    }

    @Test
    void starIsNobodysVariant() {
        GatewayRequest request = GatewayRequest.get("/a");
        assertThat(CacheRules.sameVariant(Headers.of("Vary", "Accept, *"), request, request))
                .isFalse();
        assertThat(CacheRules.sameVariant(Headers.empty(), request, request)).isTrue();
    }

    @Test
    void valuesThatMayBeSecretAreHashed() {
        GatewayRequest request =
                GatewayRequest.get("/a").header("X-Token", "hunter2").header("Accept", "a/b");
        String key = variantKey(BASE, "X-Token, Accept", request).value();
        assertThat(key)
                .doesNotContain("hunter2")
                .startsWith("[7;accept=a/b;x-token#")
                .endsWith(";] g GET /a");
    }

    @Test
    void longValuesMakeNoLongKeys() {
        GatewayRequest request = GatewayRequest.get("/a").header("Accept", "a/b,".repeat(10_000));
        assertThat(variantKey(BASE, "Accept", request).value()).hasSizeLessThan(100);
    }

    /** A quadratic reading of any of these would take minutes. */
    @ParameterizedTest
    @ValueSource(strings = {" ", "a ", ", ", "\t,", ";", "A"})
    void timeIsLinear(String unit) {
        GatewayRequest request = GatewayRequest.get("/a").header("Accept-Language", "a" + unit.repeat(1_000_000) + "b");
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> variantKey(BASE, "Accept-Language", request));
    }

    /** RFC 9111 section 4.1: a value cannot pass for another field's, nor a variant's key for another resource's. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void noTwoVariantsHaveOneKey(long seed) {
        Random random = new Random(seed);
        Map<CacheKey, String> seen = new HashMap<>();
        for (int i = 0; i < 30_000; i++) {
            String accept = random.nextInt(4) == 0
                    ? null
                    : Generated.text(random, "a=];#[%/").strip();
            String origin = random.nextInt(4) == 0
                    ? null
                    : Generated.text(random, "a=];#[%/").strip();
            GatewayRequest request = GatewayRequest.get("/" + Generated.text(random, "a[];="));
            request = accept == null ? request : request.header("Accept", accept);
            request = origin == null ? request : request.header("Origin", origin);
            CacheKey base = CacheRules.keyFor("g", POLICY, request, null);
            CacheKey key = variantKey(base, "Accept,Origin", request);
            String parts = length(accept) + '|' + length(origin) + '|' + request.path();
            assertThat(seen.merge(key, parts, (one, other) -> one)).isEqualTo(parts);
            assertThat(seen.merge(base, request.path(), (one, other) -> one)).isEqualTo(request.path());
        }
    }

    private static String length(@Nullable String part) {
        return part == null ? "none" : part.length() + ":" + part;
    }

    private static String key(String group, CachePolicy policy, String target, @Nullable String partition) {
        return CacheRules.keyFor(group, policy, GatewayRequest.get(target), partition)
                .value();
    }

    private static CacheKey variantKey(CacheKey base, String vary, GatewayRequest request) {
        return Variants.key(base, Variants.names(vary), 7, request);
    }
}
