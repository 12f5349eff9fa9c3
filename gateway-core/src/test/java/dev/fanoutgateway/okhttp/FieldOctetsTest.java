package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FieldOctetsTest {
    @Test
    void asciiIsTheSameText() {
        String value = "a value";
        assertThat(FieldOctets.written(value)).isSameAs(value);
        assertThat(FieldOctets.read(value)).isSameAs(value);
    }

    @Test
    void octetsThatAreUtf8ComeOutAsTheyWentIn() {
        String octets = "\u00c3\u00a9 \u00f0\u009f\u0098\u0080"; // two characters, each octet as one
        String written = FieldOctets.written(octets);
        assertThat(written).isEqualTo("\u00e9 \ud83d\ude00");
        assertThat(FieldOctets.read(written)).isEqualTo(octets);
    }

    @Test
    void othersAreMarked() {
        for (String octets :
                List.of("caf\u00e9", "\u00c3", "\u00c3\u00a9 \u00ff", "\u0080", "\u00ef\u009e\u0080", "\u00ef")) {
            String written = FieldOctets.written(octets);
            assertThat(FieldOctets.isMarked(written)).as(octets).isTrue();
            assertThat(FieldOctets.read(written)).isEqualTo(octets);
        }
    }

    @Test
    void aHostsOwnTextIsLeftAsItIs() {
        assertThat(FieldOctets.written("\u4e2d\u00e9")).isEqualTo("\u4e2d\u00e9");
    }

    @Test
    void marksAreOctetsInAHeadHoweverItIsCut() {
        String head = "GET / HTTP/1.1\r\nX: " + FieldOctets.written("\u0080a\u00ff\u00e9")
                + "\r\nY: \u00e9 \uf77f \uf800\r\n\r\n";
        String rest = "\uf7e9\r\n\r\n";
        byte[] given = (head + rest).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes("GET / HTTP/1.1\r\nX: \u0080a\u00ff\u00e9\r\nY: ".getBytes(StandardCharsets.ISO_8859_1));
        expected.writeBytes(("\u00e9 \uf77f \uf800\r\n\r\n" + rest).getBytes(StandardCharsets.UTF_8));
        for (int most = 1; most <= given.length; most++) {
            HeadOctets octets = new HeadOctets();
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            for (int at = 0; at < given.length; at += most) {
                sent.writeBytes(octets.sent(given, at, Math.min(most, given.length - at)));
            }
            assertThat(sent.toByteArray()).as("in pieces of " + most).isEqualTo(expected.toByteArray());
            assertThat(octets.isOver()).isTrue();
        }
    }
}
