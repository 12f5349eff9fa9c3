package dev.fanoutgateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fuzzing.Parser;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where keys are looked for: in requests, and in the file of keys. */
public enum KeyParser implements Parser {
    AUTHORIZATION("Bearer abc", "bearer  x\t", "Basic dTpw", "Bearer", " ", "Bearer,") {
        @Override
        public void read(String text) {
            check(request(null, Headers.of("Authorization", text, "X-Api_Key", text)));
        }
    },
    KEY_HEADER("abc", " x\t", "a b") {
        @Override
        public void read(String text) {
            check(request(null, Headers.of("X-API-Key", text)));
        }
    },
    QUERY("a=1&api_key=k&b=2", "api%5Fkey=%6b", "API_KEY=k", "&", "=", "api_key", "%5f", "+", ";", "%", "%zz") {
        @Override
        public void read(String text) {
            check(request(text, Headers.empty()));
        }

        @Override
        public String allowed(String text) {
            return text;
        }
    },
    KEYS_FILE(
            "[{\"id\":\"a\",\"key\":\"s3cret-key\",\"plan\":\"p\"}]",
            "- id: a\n  key: s3cret-key\n  plan: p\n",
            "keys:\n",
            "- ",
            "id: a\n",
            "key: b\n",
            "  ",
            "&a ",
            "*a",
            "{",
            "[",
            "|\n",
            "? ",
            "<<: ",
            "!!x ",
            "\n",
            "---\n") {
        @Override
        public void read(String text) {
            try {
                KeyTable table =
                        KeysReader.read("keys", text.getBytes(StandardCharsets.ISO_8859_1), Givens.plans(Set.of("p")));
                assertThat(table.size()).isGreaterThanOrEqualTo(0);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageStartingWith("keys:");
            }
        }

        @Override
        public String allowed(String text) {
            return text;
        }
    };

    private final List<String> words;

    KeyParser(String... words) {
        this.words = List.of(words);
    }

    @Override
    public List<String> examples() {
        return words;
    }

    private static GatewayRequest request(@Nullable String query, Headers headers) {
        return new GatewayRequest("GET", "/", query, headers, Body.empty(), "192.0.2.1");
    }

    /** What is left has no key any more, and nothing else is done to it a second time. */
    private static void check(GatewayRequest request) {
        Extraction extraction = KeyExtractor.standard().extract(request);
        GatewayRequest stripped = extraction.stripped();
        assertThat(extraction.toString()).isEqualTo("Extraction[" + extraction.kind() + ']');

        Extraction again = KeyExtractor.standard().extract(stripped);
        assertThat(again.kind()).isEqualTo(Extraction.Kind.NONE);
        assertThat(again.stripped()).isSameAs(stripped);
        assertThat(stripped.headers().contains("X-API-Key")).isFalse();
        assertThat(KeyExtractor.standard().strip(request).query()).isEqualTo(stripped.query());
    }
}
