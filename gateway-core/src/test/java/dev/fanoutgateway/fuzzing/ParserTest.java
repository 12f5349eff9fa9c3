package dev.fanoutgateway.fuzzing;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Whatever a {@link Parser} is given it reads, and in linear time. {@link ParserFuzzIT} looks further. */
class ParserTest {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Quadratic reading of this takes minutes, linear reading some milliseconds. */
    private static final int LONG = 1_000_000;

    private static final long TEN_SECONDS = 10_000_000_000L;

    @ParameterizedTest
    @FieldSource("dev.fanoutgateway.fuzzing.Parsers#ALL")
    void everyExampleIsRead(Parser parser) {
        parser.examples().forEach(parser::read);
        parser.read("");
    }

    @ParameterizedTest
    @FieldSource("dev.fanoutgateway.fuzzing.Parsers#ALL")
    void everyTextIsRead(Parser parser) {
        Random random = new Random(parser.name().hashCode());
        for (int i = 0; i < 50_000; i++) {
            parser.read(Lines.of(parser, random));
        }
    }

    /** Proper text in which one character is another one, or missing. */
    @ParameterizedTest
    @FieldSource("dev.fanoutgateway.fuzzing.Parsers#ALL")
    void everySlipIsBorne(Parser parser) {
        Random random = new Random(parser.name().hashCode());
        for (String example : parser.examples()) {
            for (int at = 0; at < example.length(); at++) {
                for (char c = 0; c < 0x102; c++) {
                    parser.read(parser.allowed(example.substring(0, at) + c + example.substring(at + 1)));
                }
                parser.read(example.substring(0, at) + example.substring(at + 1));
                parser.read(example.substring(0, at) + Lines.word(parser, random) + example.substring(at));
            }
        }
    }

    /** Counted in CPU time of this thread, not by the clock: it is the same on a machine that is busy. */
    @ParameterizedTest
    @FieldSource("dev.fanoutgateway.fuzzing.Parsers#ALL")
    void timeIsLinear(Parser parser) {
        Random random = new Random(parser.name().hashCode());
        for (int i = 0; i < 40; i++) {
            String unit = Lines.word(parser, random) + (i % 2 == 0 ? "" : Lines.word(parser, random));
            String start = Lines.of(parser, random);
            String text = start + unit.repeat(LONG / unit.length()) + Lines.of(parser, random);
            long before = THREADS.getCurrentThreadCpuTime();
            parser.read(text);
            assertThat(THREADS.getCurrentThreadCpuTime() - before)
                    .as("%s of %d characters: %s, then over and over %s", parser, text.length(), start, unit)
                    .isLessThan(TEN_SECONDS);
        }
    }
}
