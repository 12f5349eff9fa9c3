package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fuzzing.Parser;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How what a backend sends over HTTP/1.1 is cut into answers. */
public enum AnswerParser implements Parser {
    ANSWER(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n",
            "HTTP/1.0 204 \r\n\r\n",
            "HTTP/1.1 103 E\r\n\r\n",
            "Content-Length: ",
            "Transfer-Encoding: chunked\r\n",
            "Connection: close\r\n",
            "\r\n",
            "0\r\n\r\n",
            "ffffffffffffffff",
            "5\r\n") {
        @Override
        public void read(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            Framing atOnce = begun();
            int whole = atOnce.take(bytes, 0, bytes.length);
            assertThat(whole == bytes.length || atOnce.fault() != null || atOnce.isOver())
                    .as("what is left belongs to no answer")
                    .isTrue();

            Framing byByte = begun();
            int taken = 0;
            while (taken < bytes.length && byByte.fault() == null && !byByte.isOver()) {
                taken += byByte.take(bytes, taken, taken + 1);
            }
            assertThat(byByte.isOver()).isEqualTo(atOnce.isOver());
            assertThat(byByte.fault() == null).isEqualTo(atOnce.fault() == null);
            assertThat(taken).matches(some -> some == whole || atOnce.fault() != null);
        }

        @Override
        public String allowed(String text) {
            return text;
        }
    };

    private final List<String> words;

    AnswerParser(String... words) {
        this.words = List.of(words);
    }

    @Override
    public List<String> examples() {
        return words;
    }

    private static Framing begun() {
        Framing framing = new Framing();
        framing.begin(false);
        return framing;
    }
}
