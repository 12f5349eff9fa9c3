package dev.fanoutgateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Priority;
import dev.fanoutgateway.spi.DevMessage.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class LogNotifierTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Lines lines = new Lines();
    private final LogNotifier notifier = new LogNotifier(lines);

    @Test
    void theLevelFollowsThePriority() {
        for (Priority priority : Priority.values()) {
            notifier.notify(new DevMessage(Type.BACKENDS_DOWN, priority, "f", "t", List.of(), START, START, 1));
        }

        assertThat(lines.written)
                .containsExactly(
                        "INFO LOW BACKENDS_DOWN: t",
                        "INFO NORMAL BACKENDS_DOWN: t",
                        "WARN HIGH BACKENDS_DOWN: t",
                        "ERROR CRITICAL BACKENDS_DOWN: t");
    }

    @Test
    void detailsAndCountStandOnTheSameLine() {
        notifier.notify(DevMessage.of(Type.RESOURCE_ABSENT, "f", "nobody has it", List.of("a: 404", "b: 404"), START)
                .repeated(7, START.plusSeconds(60)));

        assertThat(lines.written)
                .containsExactly("INFO LOW RESOURCE_ABSENT: nobody has it | a: 404 | b: 404 | 7 times from"
                        + " 2026-01-01T00:00:00Z to 2026-01-01T00:01:00Z");
    }

    @Test
    void nothingInAMessageCanForgeAnotherLine() {
        String evil = "x\r\n2026 ERROR forged\u001b[2K\u0085\u2028\u2029\u202e\0\t{} \ud800 \ud83d\ude00";
        notifier.notify(DevMessage.of(Type.RECOVERED, "f", evil, List.of(evil), START));

        assertThat(lines.written).hasSize(1);
        String line = lines.written.get(0);
        assertThat(line.codePoints().filter(c -> c < ' ' || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e)))
                .isEmpty();
        assertThat(line)
                .contains(
                        "x\\r\\n2026 ERROR forged\\u001b[2K\\u0085\\u2028\\u2029\\u202e\\u0000\\t{} \\ud800 \ud83d\ude00");
    }

    @Test
    void aLineHasAnEnd() {
        notifier.notify(DevMessage.of(Type.RECOVERED, "f", "t".repeat(1_000_000), List.of(), START));

        assertThat(lines.written.get(0).length()).isLessThan(8_100);
    }

    private static final class Lines extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1;
        final transient List<String> written = new ArrayList<>();

        @Override
        protected String getFullyQualifiedCallerName() {
            return "";
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level, Marker marker, String format, Object[] arguments, Throwable thrown) {
            written.add(level + " " + MessageFormatter.basicArrayFormat(format, arguments));
        }

        @Override
        public boolean isTraceEnabled() {
            return true;
        }

        @Override
        public boolean isDebugEnabled() {
            return true;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }
}
