package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.notify.OneLine;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * One line of the log: time, level, logger, text, and what was thrown, its stack too. Whatever could end the line, move a
 * terminal's cursor or turn the direction of writing is escaped.
 */
final class LogLine {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    private static final int LONGEST = 16_000;
    private static final int MOST_FRAMES = 40;
    private static final int MOST_CAUSES = 8;

    private LogLine() {}

    /** With its line feed. */
    static String of(
            ZonedDateTime time, Level level, String logger, @Nullable String text, @Nullable Throwable failure) {
        StringBuilder line = new StringBuilder(256)
                .append(TIME.format(time))
                .append(' ')
                .append(level)
                .append(' ')
                .append(logger)
                .append(" - ");
        append(line, String.valueOf(text));
        Throwable thrown = failure;
        for (int i = 0; thrown != null && i < MOST_CAUSES; i++) {
            append(line, (i == 0 ? " | " : " | caused by ") + said(thrown));
            StackTraceElement[] stack = thrown.getStackTrace();
            for (int frame = 0; frame < Math.min(stack.length, MOST_FRAMES); frame++) {
                append(line, " at " + stack[frame]);
            }
            thrown = thrown.getCause();
        }
        return line.append('\n').toString();
    }

    /** An exception's own words may fail too: its kind is always there. */
    private static String said(Throwable thrown) {
        try {
            return thrown.toString();
        } catch (RuntimeException e) {
            return thrown.getClass().getName();
        }
    }

    private static void append(StringBuilder line, String text) {
        for (int i = 0; i < text.length() && line.length() < LONGEST; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            OneLine.append(line, c);
        }
    }
}
