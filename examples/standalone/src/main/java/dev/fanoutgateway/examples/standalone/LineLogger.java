package dev.fanoutgateway.examples.standalone;

import java.io.PrintStream;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** Writes each event as one line to standard error. Safe for use by any thread. */
final class LineLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    private final int least;

    /** @param least the least {@link Level#toInt()} that is written */
    LineLogger(String name, int least) {
        this.name = name;
        this.least = least;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            @Nullable String message,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        String text = MessageFormatter.basicArrayFormat(message, arguments);
        PrintStream err = System.err;
        err.print(LogLine.of(
                ZonedDateTime.now(), level, name, text, failure)); // at once: lines of other threads do not mix in
        err.flush();
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return tells(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return tells(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return tells(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return tells(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return tells(Level.ERROR);
    }

    private boolean tells(Level level) {
        return level.toInt() >= least;
    }
}
