package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonDiffTest {
    private static @Nullable JsonNode read(String json, String... fields) {
        return JsonContent.of(new GatewayResponse(200, Headers.of(fields), Body.utf8(json)));
    }

    private static List<String> diff(String one, String other, String... ignored) {
        List<String> there = JsonDiff.of(read(one), read(other), JsonPaths.of(ignored), 100);
        assertThat(JsonDiff.of(read(other), read(one), JsonPaths.of(ignored), 100))
                .isEqualTo(there);
        return there;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "1;                       1.0",
                "1e2;                     100",
                "0.1;                     0.10",
                "[];                      []",
                "null;                    null",
                "{'a':1,'b':{'c':[2]}};   {'b':{'c':[2.0]},'a':1}",
                "1e999999999;             1E+999999999"
            })
    void theSame(String one, String other) {
        assertThat(diff(one.replace('\'', '"'), other.replace('\'', '"'))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "1;                       2;                      /",
                "1;                       '1';                    /",
                "true;                    false;                  /",
                "null;                    0;                      /",
                "{'a':null};              {};                     /a",
                "{'a':{'b':1}};           {'a':{'b':2}};          /a/b",
                "{'a':[1,2]};             {'a':[1]};              /a",
                "{'a':[1,2]};             {'a':[2,1]};            /a/*",
                "{'a':[]};                {'a':{}};               /a",
                "{'a/b':1};               {'a/b':2};              /a~1b",
                "{'a~b':1};               {'a~b':2};              /a~0b",
                "{'':1};                  {'':2};                 /",
                "9007199254740993;        9007199254740992;       /",
                "0.1;                     0.10000000000000000001; /"
            })
    void different(String one, String other, String where) {
        assertThat(diff(one.replace('\'', '"'), other.replace('\'', '"'))).containsExactly(where);
    }

    @ParameterizedTest
    @CsvSource({
        "/a, /b, /a",
        "/a/b, '', /a/b",
        "/a, /a, ''",
        "/a/b, /a, ''",
        "/a/b, /*/b, ''",
        "/a/b, /*/c, /a/b",
        "/a/b, /**/b, ''",
        "/b, /**/b, ''",
        "/a/c/d/b, /**/b, ''",
        "/a/c/d/b, /a/**/b, ''",
        "/a/c/d/b, /a/*/b, /a/c/d/b",
        "/a/b, /**, ''",
        "/a/b, /a/b/c, /a/b"
    })
    void whatIsIgnored(String place, String ignored, String left) {
        assertThat(diff(at(place, 1), at(place, 2), ignored.isEmpty() ? new String[0] : new String[] {ignored}))
                .isEqualTo(left.isEmpty() ? List.of() : List.of(left));
    }

    private static String at(String place, int value) {
        StringBuilder json = new StringBuilder();
        String[] names = place.substring(1).split("/");
        for (String name : names) {
            json.append("{\"").append(name).append("\":");
        }
        return json.append(value).append("}".repeat(names.length)).toString();
    }

    @Test
    void findsNoMoreThanItIsAskedFor() {
        assertThat(JsonDiff.of(read("{\"a\":1,\"b\":1,\"c\":1}"), read("{}"), JsonPaths.none(), 2))
                .containsExactly("/a", "/b");
        assertThat(diff("[1,2,3]", "[4,5,6,7]")).containsExactly("/*", "/");
    }

    @Test
    void namesAreShortAndPrintable() {
        String name = "a\\n\\u0007" + "x".repeat(1_000);
        assertThat(diff("{\"" + name + "\":1}", "{\"" + name + "\":2}"))
                .singleElement()
                .satisfies(place -> assertThat(place).hasSizeLessThan(80).startsWith("/a??xx"));
    }

    @Test
    void whatIsNoJsonIsNone() {
        for (String text : List.of("", " ", "{", "{\"a\":1} x", "nope", "[1,]", "\u0000", "[".repeat(10_000))) {
            assertThat(read(text)).as(text).isNull();
        }
        assertThat(read("1", "Content-Encoding", "gzip")).isNull();
        assertThat(read("1", "Content-Encoding", "Identity")).isNotNull();
    }

    @Test
    void anyTreeIsTheSameAsItselfAndNotAsOneThatWasChanged() {
        for (int seed = 0; seed < 5_000; seed++) {
            String tree = tree(new Random(seed), 4);
            assertThat(diff(tree, tree)).as("seed " + seed).isEmpty();
            assertThat(diff("[" + tree + "]", "[" + tree + ",0]"))
                    .as("seed " + seed)
                    .containsExactly("/");
        }
    }

    private static String tree(Random random, int depth) {
        int size = random.nextInt(4);
        StringBuilder text = new StringBuilder();
        switch (depth == 0 ? random.nextInt(4) : random.nextInt(6)) {
            case 0 -> text.append(random.nextInt(10));
            case 1 -> text.append("\"s").append(random.nextInt(10)).append('"');
            case 2 -> text.append(random.nextBoolean());
            case 3 -> text.append(random.nextDouble());
            case 4 -> {
                for (int i = 0; i < size; i++) {
                    text.append(i == 0 ? "" : ",").append(tree(random, depth - 1));
                }
                text.insert(0, '[').append(']');
            }
            default -> {
                for (int i = 0; i < size; i++) {
                    text.append(i == 0 ? "" : ",")
                            .append("\"m")
                            .append(i)
                            .append("\":")
                            .append(tree(random, depth - 1));
                }
                text.insert(0, '{').append('}');
            }
        }
        return text.toString();
    }
}
