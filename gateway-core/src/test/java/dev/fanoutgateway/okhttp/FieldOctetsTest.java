package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

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
    void othersAreLeftAsTheyAre() {
        assertThat(FieldOctets.written("\u00e9")).isEqualTo("\u00e9");
        assertThat(FieldOctets.written("\u4e2d\u00e9")).isEqualTo("\u4e2d\u00e9");
        assertThat(FieldOctets.written("\u00c3")).isEqualTo("\u00c3");
    }
}
