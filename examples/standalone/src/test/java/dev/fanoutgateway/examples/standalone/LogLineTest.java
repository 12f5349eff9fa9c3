package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** One event, one line, whatever is in it; and who tells what. */
class LogLineTest {
    private static final ZonedDateTime NOON = ZonedDateTime.of(2026, 1, 2, 12, 0, 0, 5_000_000, ZoneOffset.UTC);

    @Test
    void aLineSaysWhenHowGraveAndWho() {
        assertThat(LogLine.of(NOON, Level.WARN, "a.b.C", "what happened", null))
                .isEqualTo("2026-01-02T12:00:00.005Z WARN a.b.C - what happened\n");
    }

    @Test
    void nothingEndsALineOrReachesTheTerminal() {
        String text = "a\r\nb\tc\u0000\u001b[31m\u007f\u0085\u009b\u2028\u2029\u202e\ud800é\ud83d\ude00";

        assertThat(LogLine.of(NOON, Level.INFO, "l", text, null))
                .endsWith(
                        "l - a\\r\\nb\\tc\\u0000\\u001b[31m\\u007f\\u0085\\u009b\\u2028\\u2029\\u202e\\ud800é\ud83d\ude00\n")
                .hasLineCount(1);
    }

    @Test
    void whatWasThrownStandsInTheSameLine() {
        Throwable failure = new IllegalStateException("one\ntwo", new IOException("why\u001b"));

        assertThat(LogLine.of(NOON, Level.ERROR, "l", "it failed", failure))
                .hasLineCount(1)
                .contains("it failed | java.lang.IllegalStateException: one\\ntwo at "
                        + getClass().getName())
                .contains(" | caused by java.io.IOException: why\\u001b at ");
    }

    @Test
    void causesInACircleAndFailingWordsAndEndlessTextEnd() {
        Exception circle = new Exception("a");
        circle.initCause(new Exception("b", circle));
        Exception mute = new Exception() {
            @Override
            public String getMessage() {
                throw new IllegalStateException();
            }
        };

        assertThat(LogLine.of(NOON, Level.INFO, "l", "x".repeat(1_000_000), circle))
                .hasSizeLessThan(20_000);
        assertThat(LogLine.of(NOON, Level.INFO, "l", null, mute))
                .hasLineCount(1)
                .contains(getClass().getName());
    }

    @Test
    void librariesWarnOfThisMachineOnlyAndTellErrors() {
        assertThat(LogLevels.of("org.eclipse.jetty.util.HostPort", "info")).isEqualTo(Level.ERROR.toInt());
        assertThat(LogLevels.of("org.eclipse.jetty.iota", "info")).isEqualTo(Level.ERROR.toInt());
        assertThat(LogLevels.of("org.eclipse.jetty.io.ManagedSelector", "debug"))
                .isEqualTo(Level.WARN.toInt());
        assertThat(LogLevels.of("dev.fanoutgateway.Gateway", "info")).isEqualTo(Level.INFO.toInt());
        assertThat(LogLevels.of("dev.fanoutgateway.Gateway", "debug")).isEqualTo(Level.DEBUG.toInt());
        assertThat(LogLevels.of("dev.fanoutgateway.Gateway", "off")).isEqualTo(LogLevels.NOTHING);
        assertThat(LogLevels.of("org.eclipse.jetty.util.HostPort", "off")).isEqualTo(LogLevels.NOTHING);
    }
}
