package dev.fanoutgateway.examples.standalone;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands on what is said by {@code java.util.logging} (OkHttp, mail, the JDK itself). Safe for use by any thread. */
final class JavaLogging extends Handler {
    private final SimpleFormatter text = new SimpleFormatter();

    @Override
    public void publish(LogRecord event) {
        String name = event.getLoggerName();
        Logger logger = LoggerFactory.getLogger(name == null ? "java.util.logging" : name);
        int level = event.getLevel().intValue();
        if (level >= Level.SEVERE.intValue()) {
            logger.error("{}", text.formatMessage(event), event.getThrown());
        } else if (level >= Level.WARNING.intValue()) {
            logger.warn("{}", text.formatMessage(event), event.getThrown());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
