package dev.fanoutgateway.examples.standalone;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.logging.LogManager;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The program's log, for SLF4J: whatever anybody in this process logs is one line of standard error for each event, and
 * nothing in it can end the line or do something to a terminal. Found by the service loader.
 */
public final class LogProvider implements SLF4JServiceProvider {
    private final ConcurrentMap<String, LineLogger> loggers = new ConcurrentHashMap<>();
    private final ILoggerFactory factory =
            name -> loggers.computeIfAbsent(name, given -> new LineLogger(given, LogLevels.of(given)));
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new NOPMDCAdapter();

    /** For the service loader. */
    public LogProvider() {}

    /** Has what the libraries say by {@code java.util.logging}, and what ends a thread, come here too. */
    static void takeAll() {
        LogManager.getLogManager().reset();
        java.util.logging.Logger.getLogger("").addHandler(new JavaLogging());
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, failure) -> org.slf4j.LoggerFactory.getLogger(Standalone.class)
                        .error("thread {} ended", thread.getName(), failure));
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return factory;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {}
}
