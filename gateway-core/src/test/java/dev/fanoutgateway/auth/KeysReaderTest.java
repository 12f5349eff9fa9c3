package dev.fanoutgateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.KeyCredential;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysReaderTest {
    private static final String SECRET = "s3cret-key";
    /** SHA-256 of {@code s3cret-key}. */
    private static final String HEX = HexFormat.of().formatHex(KeyCredential.sha256Of(SECRET));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"id\":\"a\",\"key\":\"s3cret-key\",\"plan\":\"p\"}]",
                "  \n {\"keys\": [{\"plan\":\"p\",\"key\":\"s3cret-key\",\"id\":\"a\"}]}\n\n",
                "\ufeff[{\"id\":\"a\",\"key\":\"s3cret-key\",\"plan\":\"p\"}]",
                "\t[\t{\"id\":\t\"a\",\"key\":\"s3cret-key\",\"plan\":\"p\",\"expires\":null}\t]",
                "- id: a\n  key: s3cret-key\n  plan: p\n",
                "keys:\n  - {id: a, key: s3cret-key, plan: p}\n",
                "# who may come in\n---\nkeys:\n- id: \"a\"\n  key: 's3cret-key'\n  plan: p\n  expires: ~\n...\n",
                "{keys: [{id: a, key: s3cret-key, plan: p}]}",
                "[{id: a, key: s3cret-key, plan: p}]",
                "- &x\n  id: a\n  key: s3cret-key\n  plan: p\n",
                "- id: a\r\n  key: s3cret-key\r\n  plan: p\r\n",
                "- {id: a, plan: p, sha256: HEX}",
                "[{\"id\":\"a\",\"sha256\":\"HEX\",\"plan\":\"p\",\"attributes\":{}}]"
            })
    void jsonAndYamlAreTheSame(String content) {
        KeyTable table = read(content.replace("HEX", HEX));

        assertThat(table.size()).isOne();
        assertThat(find(table, 0)).contains(new Caller("a", "p"));
    }

    @Test
    void expiryAndAttributesAreRead() {
        KeyTable table = read("- id: a\n  key: s3cret-key\n  plan: p\n  expires: 1970-01-01T01:00:01+01:00\n"
                + "  attributes: {team: blue, 'n': '1'}\n");

        assertThat(find(table, 999)).contains(new Caller("a", "p", Map.of("team", "blue", "n", "1")));
        assertThat(find(table, 1_000)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{\"keys\":[]}", "keys: []", "--- []"})
    void anExplicitEmptyListIsNobody(String content) {
        assertThat(read(content).size()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
        ''                                                      | 1 | expected a list of keys, got an empty file
        '  ~~~ '                                                | 1 | empty
        keys:                                                   | 1 | keys: expected a list, got empty text
        ~                                                       | 1 | expected a list of keys, or an object with 'keys', got null
        s3cret-key                                              | 1 | expected a list of keys, or an object with 'keys', got text
        42                                                      | 1 | got a number
        {}                                                      | 1 | expected a field 'keys' and no other, got something else
        {"s3cret-key": {"plan": "p"}}                           | 1 | expected a field 'keys' and no other, got something else
        {"keys": [], "s3cret-key": 1}                           | 1 | expected a field 'keys' and no other, got another one
        {"keys": {}}                                            | 1 | keys: expected a list, got an object
        [] []                                                   | 1 | expected one document, got something after it
        []~---~[]                                               | 3 | expected one document, got something after it
        ["s3cret-key"]                                          | 1 | keys[0]: expected an object, got text
        [{},~null]                                              | 1 | keys[0].id: expected text, got nothing
        [{"id":"a","key":"k","plan":"p"},~~null]                | 3 | keys[1]: expected an object, got null
        [{"id":"a","plan":"p"}]                                 | 1 | keys[0].key: expected key or sha256, got neither
        [{"id":"a","key":"s3cret-key"}]                         | 1 | keys[0].plan: expected text, got nothing
        [~{"id":"a",~"id":"a"}]                                 | 3 | keys[0].id: expected the field once, got it twice
        [{"id":"a","key":"s3cret-key","sha256":"HEX"}]          | 1 | keys[0]: expected either key or sha256, got both
        [{"id":"a",~"plan":"p",~"expire":1}]                    | 3 | keys[0]: expected id, key, sha256, plan, expires or attributes, got 'expire'
        [{"id":"a", s3cret-key, plan: p}]                       | 1 | attributes, got another field
        [{"id":~7}]                                             | 2 | keys[0].id: expected text (put it in quotes), got a number
        [{"id":""}]                                             | 1 | keys[0].id: expected 1 to 256 characters, got 0
        [{"id":"a\\nb"}]                                        | 1 | keys[0].id: expected no control characters
        [{"key":~"s3cret-key "}]                                | 1 | keys[0].key: expected 1 to 512 printable ASCII characters
        [{"key":["s3cret-key"]}]                                | 1 | keys[0].key: expected text (put it in quotes), got a list
        [{"sha256":"s3cret-key"}]                               | 1 | keys[0].sha256: expected 64 hexadecimal digits, got 10 characters
        [{"plan":"s3"}]                                         | 1 | keys[0].plan: expected one of [p, q], got 's3'
        [{"expires":"s3cret-key"}]                              | 1 | keys[0].expires: expected a time such as 2027-01-01T00:00:00Z, got other text
        [{"expires":1}]                                         | 1 | keys[0].expires: expected text (put it in quotes), got a number
        [{"attributes":[]}]                                     | 1 | keys[0].attributes: expected an object, got a list
        [{"attributes":{"n":1}}]                                | 1 | keys[0].attributes.n: expected text (put it in quotes), got a number
        [{"attributes":{"n":"1","n":"2"}}]                      | 1 | keys[0].attributes.n: expected the attribute once, got it twice
        - id: a~  plan: p~  key: s3cret-key~- id: b~  plan: p~  key: s3cret-key | 4 | keys[1].key: expected different keys, got the same one for 'a' and 'b'
        - {id: a, plan: p, key: s3cret-key}~- {id: a, plan: q, key: k} | 2 | keys[1].plan: expected one plan for all keys of 'a', got 'p' and 'q'
        - id: a~  key: *s3cret                                  | 2 |
        - id: &s3cret b~  key: *s3cret                          | 2 | keys[0].key: expected text, got an alias
        - <<: {id: a}                                           | 1 | expected id, key, sha256, plan, expires or attributes, got another field
        - id: !!binary czNjcmV0LWtleQ==                         | 1 | keys[0].id: expected text
        [{"id":"a",~"key":"s3cret-key"                          | 2 | expected JSON, got a syntax error
        [{"id":"a",~"key":"s3cret-key]                          | 2 | expected JSON, got a syntax error
        [{"id":s3cret-key"}]                                    | 1 | keys[0].key: expected key or sha256, got neither
        - id: a~  key: 's3cret-key~                             | 2 | expected YAML, got a syntax error
        - id: a~ key: s3cret-key                                | 1 | keys[0].key: expected key or sha256, got neither
        - id: a~  plan: p~  key: s3cret-key~ key: s3cret-key    | 4 | expected YAML, got a syntax error
        """)
    void refusalsNameFileLineAndFieldButNoKey(String content, int line, String why) {
        String text = content.replace('~', '\n').replace("HEX", HEX);
        if (content.strip().equals("~")) {
            text = "~";
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysReader.read("keys.yaml", bytes, Givens.plans(Set.of("q", "p"))))
                .withMessageContaining(why == null ? "" : why)
                .satisfies(e -> {
                    assertThat(e.getMessage()).startsWith("keys.yaml:").doesNotContain(SECRET, HEX, "s3cret");
                    assertThat(Integer.parseInt(e.getMessage().split(":")[1])).isBetween(line, line + 1);
                    assertThat(e.getCause()).isNull();
                });
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        byte[] utf16 = "[]".getBytes(StandardCharsets.UTF_16);
        byte[] broken = {'[', '\n', (byte) 0xff, ']'};

        assertThatIllegalArgumentException().isThrownBy(() -> KeysReader.read("k", utf16, Givens.plans(Set.of())));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysReader.read("k", broken, Givens.plans(Set.of())))
                .withMessage("k:2: keys: expected UTF-8, got other bytes");
    }

    @Test
    void deepNestingIsRefusedRatherThanFollowed() {
        for (String deep : new String[] {"[".repeat(100_000), "{\"keys\":".repeat(50_000), "- ".repeat(50_000) + "a"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> read(deep));
        }
    }

    @Test
    void manyKeysAreReadFromYaml() {
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < 60_000; i++) {
            yaml.append("- {id: i")
                    .append(i)
                    .append(", key: a-rather-long-key-")
                    .append(i)
                    .append(", plan: p}\n");
        }

        assertThat(read(yaml.toString()).size()).isEqualTo(60_000);
    }

    /** Files that were cut or damaged anywhere are read or refused, never anything else, and never quoted. */
    @Test
    void damagedFilesAreReadOrRefused() {
        Random random = new Random(7);
        String[] good = {
            "[{\"id\":\"a\",\"key\":\"s3cret-key\",\"plan\":\"p\",\"expires\":\"2027-01-01T00:00:00Z\"},{\"id\":\"b\"}]",
            "keys:\n  - id: a\n    key: s3cret-key\n    plan: p\n    attributes: {x: 'y'}\n"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(good[i % 2]);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setLength(at + 1);
                    case 1 -> text.deleteCharAt(at);
                    default -> text.setCharAt(at, "[]{}:,-'\"&*!|>%@`\t\n\0#\u2028x1".charAt(random.nextInt(24)));
                }
                if (text.isEmpty()) {
                    text.append('-');
                }
            }
            try {
                read(text.toString());
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).as(text.toString()).startsWith("keys.yaml:");
                assertThat(e.getMessage()).as(text.toString()).doesNotContain("s3cret");
            }
        }
    }

    private static KeyTable read(String content) {
        return KeysReader.read("keys.yaml", content.getBytes(StandardCharsets.UTF_8), Givens.plans(Set.of()));
    }

    private static Optional<Caller> find(KeyTable table, long nowMillis) {
        return table.find(KeyCredential.sha256Of(SECRET), nowMillis);
    }
}
