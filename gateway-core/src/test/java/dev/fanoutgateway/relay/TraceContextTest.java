package dev.fanoutgateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** W3C Trace Context, sections 3.2, 3.3 and 4.3. */
class TraceContextTest {
    private static final String TRACE = "12345678901234567890123456789012";
    private static final String PARENT = "1234567890123456";

    @ParameterizedTest
    @CsvSource({
        "00, 00, '', 0",
        "00, 01, '', 1",
        "00, 02, '', 2",
        "00, 03, '', 3",
        "00, ff, '', 3",
        "00, fc, '', 0",
        "01, 01, '', 1",
        "cc, 01, '', 1",
        "cc, 01, -what-the-future-will-be-like, 1",
        "fe, 00, -, 0"
    })
    void isValid(String version, String flags, String rest, int kept) {
        String text = version + '-' + TRACE + '-' + PARENT + '-' + flags + rest;
        for (String line : List.of(text, ' ' + text, '\t' + text + " \t")) {
            assertThat(TraceParent.parse(List.of(line))).isEqualTo(new TraceParent(TRACE, PARENT, kept));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "-",
                "00-T-P-1",
                "00-T-P-001",
                "00-T-P-01.",
                "00-T-P-01-what-the-future-will-be-like",
                "00-T-P-",
                "cc-T-P-01.what",
                "cc-T-P-011",
                "ff-T-P-01",
                "ff-T-P-01-x",
                ".0-T-P-01",
                "0.-T-P-01",
                "000-T-P-01",
                "0000-T-P-01",
                "0-T-P-01",
                "00-00000000000000000000000000000000-P-01",
                "00-.2345678901234567890123456789012-P-01",
                "00-1234567890123456789012345678901.-P-01",
                "00-123456789012345678901234567890123-P-01",
                "00-1234567890123456789012345678901-P-01",
                "00-T-0000000000000000-01",
                "00-T-.234567890123456-01",
                "00-T-123456789012345.-01",
                "00-T-12345678901234567-01",
                "00-T-123456789012345-01",
                "00-T-P-.0",
                "00-T-P-0.",
                "00-1234567890123456789012345678901A-P-01",
                "00-T-123456789012345F-01",
                "00-T-P-0A",
                "0A-T-P-01",
                "00 T P 01",
                "00-T-P-01,00-T-P-01",
                "00--T-P-01",
                "00_T_P_01",
                "\u0660\u0660-T-P-01"
            })
    void isNotValid(String text) {
        assertThat(TraceParent.parse(List.of(text.replace("T", TRACE).replace("P", PARENT))))
                .isNull();
    }

    @Test
    void isNotValidTwice() {
        String line = "00-" + TRACE + '-' + PARENT + "-01";
        assertThat(TraceParent.parse(List.of())).isNull();
        assertThat(TraceParent.parse(List.of(line))).isNotNull();
        assertThat(TraceParent.parse(List.of(line, line))).isNull();
        assertThat(TraceParent.parse(List.of(line, ""))).isNull();
    }

    @Test
    void isJoinedWithAParentOfOurs() {
        TraceParent joined = new TraceParent(TRACE, PARENT, 1).joined();
        assertThat(joined.value()).matches("00-" + TRACE + "-[0-9a-f]{16}-01").doesNotContain(PARENT + "-01");
        assertThat(joined.value())
                .isNotEqualTo(new TraceParent(TRACE, PARENT, 1).joined().value());
    }

    @Test
    void isStartedAnewEachTime() {
        List<String> started = IntStream.range(0, 100)
                .mapToObj(i -> TraceParent.started().value())
                .toList();
        assertThat(started).doesNotHaveDuplicates().allMatch(value -> TraceParent.parse(List.of(value)) != null);
        assertThat(started).allMatch(value -> value.endsWith("-03"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "foo=1 ~ foo=1",
                "foo=1,bar=2 ~ foo=1,bar=2",
                "' foo=1 \t , \t bar=2, \t baz=3\t' ~ foo=1,bar=2,baz=3",
                "',foo=1,,bar=2,' ~ foo=1,bar=2",
                "foo=|bar=2 ~ ''",
                "foo=1|bar=2|baz=3 ~ foo=1,bar=2,baz=3",
                "foo=1| ~ foo=1",
                "|foo=1 ~ foo=1",
                "foo= 1 ~ foo= 1",
                "1foo@bar=1 ~ 1foo@bar=1",
                "a_-*/9=!#$%&~ a_-*/9=!#$%&",
                "foo=a@b ~ foo=a@b",
                "'' ~ ''",
                "foo ~ ''",
                "=1 ~ ''",
                "foo=,bar=3 ~ ''",
                "foo=bar=baz ~ ''",
                "foo=1,foo=1 ~ foo=1,foo=1",
                "foo=1,foo=2 ~ foo=1,foo=2",
                "foo=1|foo=2 ~ foo=1,foo=2",
                "foo =1 ~ ''",
                "FOO=1 ~ ''",
                "foo.bar=1 ~ ''",
                "1foo=1 ~ 1foo=1",
                "foo@=1,bar=2 ~ foo@=1,bar=2",
                "@foo=1,bar=2 ~ ''",
                "foo@@bar=1,bar=2 ~ foo@@bar=1,bar=2",
                "foo@bar@baz=1,bar=2 ~ foo@bar@baz=1,bar=2",
                "foo@1bar=1 ~ foo@1bar=1",
                "-foo=1 ~ ''",
                "bar=2,@foo=1 ~ ''",
                "foo=caf\u00e9 ~ ''",
                "foo=a\tb ~ ''",
            })
    void stateIsPassedOnOrGivenUp(String lines, String combined) {
        assertThat(TraceState.combined(List.of(lines.split("\\|", -1)))).isEqualTo(combined);
    }

    @Test
    void stateHasItsLimits() {
        String thirtyTwo = members(32);
        assertThat(TraceState.combined(List.of(thirtyTwo))).isEqualTo(thirtyTwo);
        assertThat(TraceState.combined(List.of(thirtyTwo, "bar33=1"))).isEmpty();
        assertThat(TraceState.combined(List.of(thirtyTwo, " ,\t, "))).isEqualTo(thirtyTwo);
        assertThat(isKept("z".repeat(256) + "=1")).isTrue();
        assertThat(isKept("z".repeat(257) + "=1")).isFalse();
        assertThat(isKept("t".repeat(241) + '@' + "v".repeat(14) + "=1")).isTrue();
        assertThat(isKept("t".repeat(254) + "@v=1")).isTrue();
        assertThat(isKept("t@" + "v".repeat(255) + "=1")).isFalse();
        assertThat(isKept("k=" + "v".repeat(256))).isTrue();
        assertThat(isKept("k=" + "v".repeat(257))).isFalse();
    }

    @Test
    void everyCharacterOfTheGrammarIsAllowed() {
        StringBuilder value = new StringBuilder();
        for (char c = ' '; c <= '~'; c++) {
            value.append(c == ',' || c == '=' ? "" : String.valueOf(c));
        }
        String member = "abcdefghijklmnopqrstuvwxyz0123456789_-*/@a-z0-9_-*/=" + value;
        assertThat(TraceState.combined(List.of(member))).isEqualTo(member);
    }

    private static boolean isKept(String member) {
        String combined = TraceState.combined(List.of("foo=1", member));
        assertThat(combined).isIn("", "foo=1," + member);
        return !combined.isEmpty();
    }

    private static String members(int count) {
        List<String> members = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            members.add("bar" + i + '=' + i);
        }
        return members.stream().collect(Collectors.joining(","));
    }
}
