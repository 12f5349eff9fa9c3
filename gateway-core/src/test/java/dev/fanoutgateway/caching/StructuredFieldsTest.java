package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.StructuredFields.DisplayString;
import dev.fanoutgateway.caching.StructuredFields.InnerList;
import dev.fanoutgateway.caching.StructuredFields.Item;
import dev.fanoutgateway.caching.StructuredFields.Member;
import dev.fanoutgateway.caching.StructuredFields.Token;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 9651 section 4.2. What was read is written so: {@code i1} an Integer, {@code d1.5} a Decimal, {@code s[x]} a String,
 * {@code t[x]} a Token, {@code b[x]} bytes, {@code @1} a Date, {@code u[x]} a Display String; {@code none} is an error.
 */
class StructuredFieldsTest {
    @ParameterizedTest(name = "RFC 9651 section {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    4.2     | ``                      | none
                    4.2     | ` `                     | none
                    4.2     | `  1  `                 | i1
                    4.2     | `\t1`                   | none
                    4.2     | `1\t`                   | none
                    4.2     | 1, 2                    | none
                    4.2     | 1 2                     | none
                    4.2     | 1é                      | none
                    4.2     | é                       | none
                    4.2.3.1 | !                       | none
                    4.2.3.1 | (1)                     | none
                    4.2.3.1 | =                       | none
                    4.2.3.2 | 1;a                     | i1;a=true
                    4.2.3.2 | 1;a=2                   | i1;a=i2
                    4.2.3.2 | 1;a;b=x                 | i1;a=true;b=t[x]
                    4.2.3.2 | 1;  a ;b                | none
                    4.2.3.2 | 1;  a;  b               | i1;a=true;b=true
                    4.2.3.2 | `1;\ta`                 | none
                    4.2.3.2 | 1 ;a                    | none
                    4.2.3.2 | 1;a=1;b=2;a=3           | i1;a=i3;b=i2
                    4.2.3.2 | 1;                      | none
                    4.2.3.2 | 1;;a                    | none
                    4.2.3.2 | 1;a=                    | none
                    4.2.3.2 | 1;a =1                  | none
                    4.2.3.2 | 1;a= 1                  | none
                    4.2.3.2 | 1;a=(1)                 | none
                    4.2.3.3 | 1;A                     | none
                    4.2.3.3 | 1;a0_-.*=?0             | i1;a0_-.*=false
                    4.2.3.3 | 1;*a                    | i1;*a=true
                    4.2.3.3 | 1;0                     | none
                    4.2.3.3 | 1;_a                    | none
                    4.2.3.3 | 1;aB                    | none
                    4.2.4   | 0                       | i0
                    4.2.4   | -0                      | i0
                    4.2.4   | 042                     | i42
                    4.2.4   | -042                    | i-42
                    4.2.4   | 999999999999999         | i999999999999999
                    4.2.4   | -999999999999999        | i-999999999999999
                    4.2.4   | 1000000000000000        | none
                    4.2.4   | 000000000000001         | i1
                    4.2.4   | 0000000000000001        | none
                    4.2.4   | -                       | none
                    4.2.4   | --1                     | none
                    4.2.4   | +1                      | none
                    4.2.4   | - 1                     | none
                    4.2.4   | -a                      | none
                    4.2.4   | 1e3                     | none
                    4.2.4   | 1.5                     | d1.5
                    4.2.4   | -1.50                   | d-1.5
                    4.2.4   | 1.0                     | d1
                    4.2.4   | 1.123                   | d1.123
                    4.2.4   | 1.1234                  | none
                    4.2.4   | 1.                      | none
                    4.2.4   | .5                      | none
                    4.2.4   | -.5                     | none
                    4.2.4   | 1.5.5                   | none
                    4.2.4   | 1. 5                    | none
                    4.2.4   | 1.-5                    | none
                    4.2.4   | 999999999999.999        | d999999999999.999
                    4.2.4   | -999999999999.999       | d-999999999999.999
                    4.2.4   | 1000000000000.0         | none
                    4.2.5   | ""                      | s[]
                    4.2.5   | "a b, c;d=(e)"          | s[a b, c;d=(e)]
                    4.2.5   | "a\\\"b\\\\c"           | s[a"b\\c]
                    4.2.5   | "a\\b"                  | none
                    4.2.5   | "a                      | none
                    4.2.5   | "a\\"                   | none
                    4.2.5   | "a\\                    | none
                    4.2.5   | "                       | none
                    4.2.5   | `"a\tb"`                | none
                    4.2.5   | "é"                     | none
                    4.2.5   | "a"b                    | none
                    4.2.5   | 'a'                     | none
                    4.2.6   | a                       | t[a]
                    4.2.6   | A0/b:c                  | t[A0/b:c]
                    4.2.6   | *                       | t[*]
                    4.2.6   | a b                     | none
                    4.2.6   | a"b"                    | none
                    4.2.6   | a(                      | none
                    4.2.6   | /a                      | none
                    4.2.6   | -a                      | none
                    4.2.7   | :aGVsbG8=:              | b[hello]
                    4.2.7   | :aGVsbG8:               | b[hello]
                    4.2.7   | :aGVsbG9=:              | b[hello]
                    4.2.7   | ::                      | b[]
                    4.2.7   | :aGVsbG8                | none
                    4.2.7   | :                       | none
                    4.2.7   | :aGVsb G8=:             | none
                    4.2.7   | :aGVsbG8==:             | none
                    4.2.7   | :a:                     | none
                    4.2.7   | :=:                     | none
                    4.2.7   | :====:                  | none
                    4.2.7   | :=aGV:                  | none
                    4.2.7   | :aG=VsbG8=:             | none
                    4.2.7   | :aGV_:                  | none
                    4.2.7   | :aGV-:                  | none
                    4.2.7   | :aGVé:                  | none
                    4.2.8   | ?1                      | true
                    4.2.8   | ?0                      | false
                    4.2.8   | ?                       | none
                    4.2.8   | ?2                      | none
                    4.2.8   | ? 1                     | none
                    4.2.8   | ?10                     | none
                    4.2.8   | ?T                      | none
                    4.2.9   | @1659578233             | @1659578233
                    4.2.9   | @-1659578233            | @-1659578233
                    4.2.9   | @0                      | @0
                    4.2.9   | @999999999999999        | @999999999999999
                    4.2.9   | @-999999999999999       | @-999999999999999
                    4.2.9   | @1659578233.12          | none
                    4.2.9   | @                       | none
                    4.2.9   | @x                      | none
                    4.2.9   | @ 1                     | none
                    4.2.9   | @@1                     | none
                    4.2.9   | @1000000000000000       | none
                    4.2.10  | %"a %c3%bc \\ '"        | u[a ü \\ ']
                    4.2.10  | %""                     | u[]
                    4.2.10  | %"%f0%9f%90%bf"         | u[🐿]
                    4.2.10  | %"%22%25"               | u["%]
                    4.2.10  | %"%00"                  | u[\0]
                    4.2.10  | %"%C3%BC"               | none
                    4.2.10  | %"%c3"                  | none
                    4.2.10  | %"%ff"                  | none
                    4.2.10  | %"%c0%80"               | none
                    4.2.10  | %"%ed%a0%80"            | none
                    4.2.10  | %"%c"                   | none
                    4.2.10  | %"%"                    | none
                    4.2.10  | %"%gg"                  | none
                    4.2.10  | %"%c3%b                 | none
                    4.2.10  | %"ü"                    | none
                    4.2.10  | `%"\t"`                 | none
                    4.2.10  | %"a                     | none
                    4.2.10  | %a                      | none
                    4.2.10  | %                       | none
                    4.2.10  | % "a"                   | none
                    """)
    void readsAnItem(String section, String line, String expected) {
        assertThat(text(StructuredFields.item(List.of(line)))).isEqualTo(expected);
    }

    @Test
    void tokenHasAllTokenCharacters() {
        assertThat(text(StructuredFields.item(List.of("*!#$%&'*+-.^_`|~:/aZ09"))))
                .isEqualTo("t[*!#$%&'*+-.^_`|~:/aZ09]");
    }

    @ParameterizedTest(name = "RFC 9651 section {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    4.2     | ``                      | []
                    4.2     | `  `                    | []
                    4.2     | ` a `                   | [t[a]]
                    4.2     | `\ta`                   | none
                    4.2.1   | `a\t`                   | [t[a]]
                    4.2.1   | 1,2                     | [i1, i2]
                    4.2.1   | `1 \t ,\t 2`            | [i1, i2]
                    4.2.1   | 1, 1                    | [i1, i1]
                    4.2.1   | 1,                      | none
                    4.2.1   | `1, `                   | none
                    4.2.1   | `1,\t`                  | none
                    4.2.1   | ,1                      | none
                    4.2.1   | 1,,2                    | none
                    4.2.1   | 1 2                     | none
                    4.2.1   | 1;a, "b";c              | [i1;a=true, s[b];c=true]
                    4.2.1   | a, "b, c"               | [t[a], s[b, c]]
                    4.2.1   | a, "b                   | none
                    4.2.1.1 | (1 2), 3                | [(i1 i2), i3]
                    4.2.1.2 | ()                      | [()]
                    4.2.1.2 | (  )                    | [()]
                    4.2.1.2 | (  1   2  )             | [(i1 i2)]
                    4.2.1.2 | ("a" b;x);y=1           | [(s[a] t[b];x=true);y=i1]
                    4.2.1.2 | (a);x;x=2               | [(t[a]);x=i2]
                    4.2.1.2 | (1,2)                   | none
                    4.2.1.2 | ("a""b")                | none
                    4.2.1.2 | ("a"b)                  | none
                    4.2.1.2 | `(1\t2)`                | none
                    4.2.1.2 | (                       | none
                    4.2.1.2 | (1                      | none
                    4.2.1.2 | (1 2                    | none
                    4.2.1.2 | (1 (2))                 | none
                    4.2.1.2 | (1))                    | none
                    4.2.1.2 | ();                     | none
                    4.2.1.2 | () ;a                   | none
                    4.2.1.2 | (1) (2)                 | none
                    4.2.1.2 | )                       | none
                    """)
    void readsAList(String section, String line, String expected) {
        assertThat(text(StructuredFields.list(List.of(line)))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "RFC 9651 section {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    4.2     | ``                      | {}
                    4.2     | `  `                    | {}
                    4.2     | ` a=1 `                 | {a=i1}
                    4.2     | `\ta=1`                 | none
                    4.2.2   | a=1, b=2                | {a=i1, b=i2}
                    4.2.2   | `a=1\t,\tb=2\t`         | {a=i1, b=i2}
                    4.2.2   | a                       | {a=true}
                    4.2.2   | a, b;x=1, c             | {a=true, b=true;x=i1, c=true}
                    4.2.2   | a=?0                    | {a=false}
                    4.2.2   | a=1;x;y=2               | {a=i1;x=true;y=i2}
                    4.2.2   | a=(1 2);x, b=()         | {a=(i1 i2);x=true, b=()}
                    4.2.2   | a=1, b=2, a=3           | {a=i3, b=i2}
                    4.2.2   | a=1;x, a                | {a=true}
                    4.2.2   | *a=1, a0_-.*=2          | {*a=i1, a0_-.*=i2}
                    4.2.2   | a=                      | none
                    4.2.2   | a=, b                   | none
                    4.2.2   | a =1                    | none
                    4.2.2   | a= 1                    | none
                    4.2.2   | a=1,                    | none
                    4.2.2   | `a=1, `                 | none
                    4.2.2   | ,a=1                    | none
                    4.2.2   | a=1,,b=2                | none
                    4.2.2   | a=1 b=2                 | none
                    4.2.2   | a=1;b=2, c=(            | none
                    4.2.2   | =1                      | none
                    4.2.2   | a==1                    | none
                    4.2.2   | a=1, &&&                | none
                    4.2.3.3 | A=1                     | none
                    4.2.3.3 | aA=1                    | none
                    4.2.3.3 | 0a=1                    | none
                    4.2.3.3 | -a=1                    | none
                    4.2.3.3 | "a"=1                   | none
                    4.2.3.3 | é=1                     | none
                    """)
    void readsADictionary(String section, String line, String expected) {
        assertThat(text(StructuredFields.dictionary(List.of(line)))).isEqualTo(expected);
    }

    /** Section 4.2: all lines of a field are one. */
    @Test
    void linesAreJoined() {
        assertThat(text(StructuredFields.list(List.of("1", "(2", "3"))))
                .as("an inner list is not split over lines")
                .isEqualTo("none");
        assertThat(text(StructuredFields.list(List.of("1, 2", " 3")))).isEqualTo("[i1, i2, i3]");
        assertThat(text(StructuredFields.list(List.of("1", "")))).isEqualTo("none");
        assertThat(text(StructuredFields.dictionary(List.of("a=1", "b, a=2")))).isEqualTo("{a=i2, b=true}");
        assertThat(text(StructuredFields.item(List.of("1", "2")))).isEqualTo("none");
        assertThat(text(StructuredFields.list(List.of()))).isEqualTo("[]");
        assertThat(text(StructuredFields.dictionary(List.of()))).isEqualTo("{}");
        assertThat(text(StructuredFields.item(List.of()))).isEqualTo("none");
    }

    /** Any character that is not ASCII, and any control character, is an error wherever it stands. */
    @Test
    void oneStrayCharacterSpoilsTheField() {
        String good = "a=1;b=\"x\", c=(t :aGk=:), d=%\"e\"";
        assertThat(StructuredFields.dictionary(List.of(good))).isPresent();
        for (char stray : new char[] {0, 1, '\n', '\r', 0x1f, 0x7f, 0x80, 0xff, 0x100, 0x2028, 0xffff}) {
            for (int at = 0; at <= good.length(); at++) {
                String line = good.substring(0, at) + stray + good.substring(at);
                assertThat(StructuredFields.dictionary(List.of(line)))
                        .as("%04x at %d", (int) stray, at)
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "a", "\"x\"", "(", "(a b)", "a;b;c=2"})
    void everyPrefixIsReadOrRefused(String line) {
        for (int end = 0; end <= line.length(); end++) {
            String prefix = line.substring(0, end);
            assertThat(StructuredFields.list(List.of(prefix)))
                    .isEqualTo(StructuredFields.list(List.of(' ' + prefix + ' ')));
        }
    }

    private static String text(Optional<?> read) {
        if (read.isEmpty()) {
            return "none";
        }
        Object found = read.get();
        if (found instanceof Map<?, ?> members) {
            return members.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + text((Member) entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (found instanceof List<?> members) {
            return members.stream().map(member -> text((Member) member)).collect(Collectors.joining(", ", "[", "]"));
        }
        return text((Member) found);
    }

    private static String text(Member member) {
        String parameters = member.parameters().entrySet().stream()
                .map(entry -> ";" + entry.getKey() + "=" + bare(entry.getValue()))
                .collect(Collectors.joining());
        if (member instanceof InnerList list) {
            return list.items().stream().map(StructuredFieldsTest::text).collect(Collectors.joining(" ", "(", ")"))
                    + parameters;
        }
        return bare(((Item) member).value()) + parameters;
    }

    private static String bare(Object value) {
        if (value instanceof Long) {
            return "i" + value;
        } else if (value instanceof java.math.BigDecimal decimal) {
            return "d" + decimal.stripTrailingZeros().toPlainString();
        } else if (value instanceof String) {
            return "s[" + value + "]";
        } else if (value instanceof Token token) {
            return "t[" + token.text() + "]";
        } else if (value instanceof ByteBuffer bytes) {
            return "b[" + StandardCharsets.UTF_8.decode(bytes.duplicate()) + "]";
        } else if (value instanceof Instant instant) {
            return "@" + instant.getEpochSecond();
        } else if (value instanceof DisplayString string) {
            return "u[" + string.text() + "]";
        }
        return value.toString();
    }
}
