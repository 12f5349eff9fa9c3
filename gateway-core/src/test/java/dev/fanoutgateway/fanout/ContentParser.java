package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fanoutgateway.fuzzing.Parser;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.ResponseAcceptor;
import dev.fanoutgateway.spi.ResponseAcceptor.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What is read of the content of backends' answers. */
public enum ContentParser implements Parser {
    JSON_FLAG(
            "{\"a\":[1,{}],\"status\":true}",
            "{\"status\":0.00}",
            "\"status\":",
            "{",
            "}",
            "[",
            "]",
            "\"x\"",
            "false",
            "null",
            "-0",
            "1e5",
            ",",
            "\\u0041") {
        @Override
        public void read(String text) {
            Verdict verdict = judge(text, "");
            assertThat(verdict).isIn(Verdict.ACCEPTED, Verdict.ABSENT, Verdict.RETRYABLE);
            if (text.length() < 1_000 && text.startsWith("{")) {
                JsonNode tree = tree(text);
                if (tree != null && tree.isObject() && !tree.has("status")) {
                    assertThat(verdict).isEqualTo(Verdict.ABSENT);
                } else if (tree != null && tree.isObject()) {
                    assertThat(verdict).isIn(Verdict.ACCEPTED, Verdict.ABSENT);
                }
            }
        }
    },
    CODED_JSON("\u001f\u008b\b\0\0\0\0\0\0\0", "\u0078\u009c", "\u00ab\u0056", "\u0001\u0000\0\u00ff\u00ff") {
        @Override
        public void read(String text) {
            judge(text, "gzip");
            judge(text, "deflate");
        }
    };

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ResponseAcceptor FLAG = Acceptors.jsonFlag("status");

    private final List<String> words;

    ContentParser(String... words) {
        this.words = List.of(words);
    }

    @Override
    public List<String> examples() {
        return words;
    }

    @Override
    public String allowed(String text) {
        return text;
    }

    private static Verdict judge(String text, String coding) {
        byte[] content = text.getBytes(StandardCharsets.ISO_8859_1);
        return FLAG.judge(
                GatewayRequest.get("/"),
                new GatewayResponse(200, Headers.of("Content-Encoding", coding), Body.of(content)));
    }

    private static JsonNode tree(String text) {
        try {
            return MAPPER.readTree(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException malformed) {
            return MAPPER.nullNode();
        }
    }
}
