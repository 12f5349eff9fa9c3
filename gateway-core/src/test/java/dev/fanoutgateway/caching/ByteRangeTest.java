package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
    /** {@code all} is a field that counts for nothing, {@code 416} one of which the content has nothing. */
    @ParameterizedTest(name = "RFC 9110 section {0}: {1} of {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    14.1.2   | bytes=0-0                      | 10 | 0-0
                    14.1.2   | bytes=0-9                      | 10 | 0-9
                    14.1.2   | bytes=2-5                      | 10 | 2-5
                    14.1.2   | bytes=002-0005                 | 10 | 2-5
                    14.1.2   | bytes=9-                       | 10 | 9-9
                    14.1.2   | bytes=0-                       | 10 | 0-9
                    14.1.2   | bytes=5-99                     | 10 | 5-9
                    14.1.2   | bytes=-3                       | 10 | 7-9
                    14.1.2   | bytes=-10                      | 10 | 0-9
                    14.1.2   | bytes=-99                      | 10 | 0-9
                    14.1.2   | bytes=-99999999999999999999999 | 10 | 0-9
                    14.1.2   | bytes=0-99999999999999999999   | 10 | 0-9
                    14.1.2   | bytes=9223372036854775807-     | 10 | 416
                    14.1.2   | bytes=99999999999999999999-    | 10 | 416
                    14.1.2   | bytes=10-                      | 10 | 416
                    14.1.2   | bytes=10-20                    | 10 | 416
                    14.1.2   | bytes=-0                       | 10 | 416
                    14.1.2   | bytes=10-,-0,99-100            | 10 | 416
                    14.1.2   | bytes=10-,2-3                  | 10 | 2-3
                    14.1.2   | bytes=0-0                      | 0  | 416
                    14.1.2   | bytes=0-                       | 0  | 416
                    14.1.2   | bytes=-0                       | 0  | 416
                    14.1.2   | bytes=-1                       | 0  | all
                    14.1.1   | bytes=5-4                      | 10 | all
                    14.1.1   | bytes=99-98                    | 10 | all
                    14.1.1   | bytes=0-1,5-4                  | 10 | all
                    14.1.1   | bytes=-                        | 10 | all
                    14.1.1   | bytes=                         | 10 | all
                    14.1.1   | `bytes=, ,`                    | 10 | all
                    14.1.1   | bytes                          | 10 | all
                    14.1.1   | bytes 0-1                      | 10 | all
                    14.1.1   | bytes:0-1                      | 10 | all
                    14.1.1   | bytes =0-1                     | 10 | all
                    14.1.1   | bytes= 0-1                     | 10 | all
                    14.1.1   | bytes=0 -1                     | 10 | all
                    14.1.1   | bytes=0- 1                     | 10 | all
                    14.1.1   | bytes=0                        | 10 | all
                    14.1.1   | bytes=a-b                      | 10 | all
                    14.1.1   | bytes=0-b                      | 10 | all
                    14.1.1   | bytes=+0-1                     | 10 | all
                    14.1.1   | bytes=0--1                     | 10 | all
                    14.1.1   | bytes=--1                      | 10 | all
                    14.1.1   | bytes=0-1-2                    | 10 | all
                    14.1.1   | bytes=0x1-2                    | 10 | all
                    14.1.1   | bytes=0-1;2-3                  | 10 | all
                    14.1.1   | bytes=0-1/10                   | 10 | all
                    14.1.1   | bytes=*                        | 10 | all
                    14.1.1   | bytes=0-1,x                    | 10 | all
                    14.1.1   | bytes=٣-٤                      | 10 | all
                    14.1     | BYTES=0-1                      | 10 | 0-1
                    14.1     | Bytes=0-1                      | 10 | 0-1
                    14.1     | byteſ=0-1                      | 10 | all
                    14.2     | items=0-1                      | 10 | all
                    14.2     | xbytes=0-1                     | 10 | all
                    14.2     | =0-1                           | 10 | all
                    14.2     | ``                             | 10 | all
                    5.6.1.2  | `bytes=,0-1, ,4-5,`            | 10 | 0-1 4-5
                    5.6.1.2  | `bytes=0-1\t,\t4-5`            | 10 | 0-1 4-5
                    15.3.7.2 | bytes=0-1,4-5                  | 10 | 0-1 4-5
                    15.3.7.2 | bytes=4-5,0-1                  | 10 | 4-5 0-1
                    15.3.7.2 | bytes=0-1,2-3                  | 10 | 0-3
                    15.3.7.2 | bytes=2-3,0-1                  | 10 | 0-3
                    15.3.7.2 | bytes=0-5,3-8                  | 10 | 0-8
                    15.3.7.2 | bytes=0-9,3-4                  | 10 | 0-9
                    15.3.7.2 | bytes=3-4,0-9                  | 10 | 0-9
                    15.3.7.2 | bytes=0-1,0-1                  | 10 | 0-1
                    15.3.7.2 | bytes=8-8,0-1,4-5,2-3          | 10 | 8-8 0-5
                    15.3.7.2 | bytes=0-1,8-9,3-4,2-7          | 10 | 0-9
                    15.3.7.2 | bytes=0-0,-1                   | 10 | 0-0 9-9
                    15.3.7.2 | bytes=-1,0-0                   | 10 | 9-9 0-0
                    15.3.7.2 | bytes=0-0,-9                   | 10 | 0-9
                    """)
    void readsAField(String section, String field, long length, String expected) {
        assertThat(describe(ByteRange.of(List.of(field), length))).isEqualTo(expected);
    }

    /** Sections 14.2 and 17.15. */
    @Test
    void tooManyRangesCountForNothing() {
        assertThat(describe(ByteRange.of(List.of(many(ByteRange.MOST)), 1_000))).startsWith("0-0 2-2 ");
        assertThat(describe(ByteRange.of(List.of(many(ByteRange.MOST + 1)), 1_000)))
                .isEqualTo("all");
        assertThat(describe(ByteRange.of(List.of("bytes=" + "99-,".repeat(ByteRange.MOST + 1)), 10)))
                .isEqualTo("all");
    }

    /** Section 5.3: a field that is no list stands once. */
    @Test
    void fieldStandsOnce() {
        assertThat(ByteRange.of(List.of("bytes=0-1", "bytes=0-1"), 10)).isEmpty();
        assertThat(ByteRange.of(List.of(), 10)).isEmpty();
    }

    @Test
    void hugeContentIsNoTrouble() {
        long most = Long.MAX_VALUE - 1;
        assertThat(describe(ByteRange.of(List.of("bytes=0-,-1"), most))).isEqualTo("0-" + (most - 1));
        assertThat(describe(ByteRange.of(List.of("bytes=-1,0-0"), most)))
                .isEqualTo((most - 1) + "-" + (most - 1) + " 0-0");
    }

    /** Against sets of single bytes: all that is asked for is there, nothing else, each byte once, and nothing adjoins. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void rangesAreThoseAskedFor(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            int length = 1 + random.nextInt(40);
            BitSet wanted = new BitSet();
            List<String> specs = new ArrayList<>();
            for (int count = 1 + random.nextInt(ByteRange.MOST); count > 0; count--) {
                int first = random.nextInt(45);
                int last = first + random.nextInt(6);
                specs.add(first + "-" + last);
                wanted.set(Math.min(first, length), Math.min(last + 1, length));
            }
            BitSet given = new BitSet();
            List<ByteRange> ranges = ByteRange.of(List.of("bytes=" + String.join(",", specs)), length)
                    .orElseThrow();
            for (ByteRange range : ranges) {
                int from = (int) range.first();
                int to = (int) range.last() + 1;
                assertThat(given.get(Math.max(0, from - 1), to + 1).isEmpty())
                        .as("%s of %d: %s", specs, length, ranges)
                        .isTrue();
                given.set(from, to);
            }
            assertThat(given).as("%s of %d", specs, length).isEqualTo(wanted);
        }
    }

    private static String many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> 2 * i + "-" + 2 * i)
                .collect(Collectors.joining(",", "bytes=", ""));
    }

    private static String describe(Optional<List<ByteRange>> ranges) {
        if (ranges.isEmpty()) {
            return "all";
        }
        return ranges.get().isEmpty()
                ? "416"
                : ranges.get().stream()
                        .map(range -> range.first() + "-" + range.last())
                        .collect(Collectors.joining(" "));
    }
}
