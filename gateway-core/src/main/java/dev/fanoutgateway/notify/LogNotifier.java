package dev.fanoutgateway.notify;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevNotifier;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the developers through the log: CRITICAL as an error, HIGH as a warning, the others as information. One message is
 * one line; control characters in it are escaped. Safe for use by any thread.
 */
public final class LogNotifier implements DevNotifier {
    private static final int LONGEST = 8_000;

    private final Logger logger;

    /** Writes to the logger of this class's name. */
    public LogNotifier() {
        this(LoggerFactory.getLogger(LogNotifier.class));
    }

    /** Writes to {@code logger}. */
    public LogNotifier(Logger logger) {
        this.logger = logger;
    }

    @Override
    public CompletionStage<@Nullable Void> notify(DevMessage message) {
        String line = lineFor(message);
        switch (message.priority()) {
            case CRITICAL -> logger.error("{}", line);
            case HIGH -> logger.warn("{}", line);
            case NORMAL, LOW -> logger.info("{}", line);
        }
        return CompletableFuture.completedFuture(null);
    }

    private static String lineFor(DevMessage message) {
        StringBuilder text = new StringBuilder(256)
                .append(message.priority())
                .append(' ')
                .append(message.type())
                .append(": ")
                .append(message.title());
        message.details().forEach(detail -> text.append(" | ").append(detail));
        if (message.count() > 1) {
            text.append(" | ")
                    .append(message.count())
                    .append(" times from ")
                    .append(message.first())
                    .append(" to ")
                    .append(message.last());
        }
        return OneLine.of(text.toString(), LONGEST);
    }
}
