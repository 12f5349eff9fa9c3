package dev.fanoutgateway.examples.standalone;

import java.util.List;
import java.util.Locale;
import org.slf4j.event.Level;

/**
 * What is told of which logger. The gateway's own tell what the system property {@code log} says ({@code off}, {@code error},
 * {@code warn}, {@code info} or {@code debug}), {@code info} by itself. Libraries tell errors; of warnings only those that are
 * about this machine, since the others quote the client: Jetty's do so with targets and hosts that it does not understand, and
 * there may be keys in these.
 */
final class LogLevels {
    private static final String OURS = "dev.fanoutgateway";
    private static final List<String> MAY_WARN = List.of(
            "io.lettuce",
            "io.netty",
            "okhttp3",
            "org.eclipse.jetty.io",
            "org.eclipse.jetty.server.AbstractConnector",
            "org.eclipse.jetty.util.thread");

    /** Above every level. */
    static final int NOTHING = Integer.MAX_VALUE;

    private LogLevels() {}

    /** The least {@link Level#toInt()} that the logger {@code name} tells. */
    static int of(String name) {
        return of(name, System.getProperty("log", "info"));
    }

    static int of(String name, String own) {
        int ours = leastOf(own);
        if (isWithin(OURS, name)) {
            return ours;
        }
        boolean warns = MAY_WARN.stream().anyMatch(prefix -> isWithin(prefix, name));
        int library = warns ? Level.WARN.toInt() : Level.ERROR.toInt();
        return Math.max(ours, library);
    }

    private static boolean isWithin(String prefix, String name) {
        return name.startsWith(prefix) && (name.length() == prefix.length() || name.charAt(prefix.length()) == '.');
    }

    private static int leastOf(String level) {
        return switch (level.toLowerCase(Locale.ROOT)) {
            case "off" -> NOTHING;
            case "error" -> Level.ERROR.toInt();
            case "warn" -> Level.WARN.toInt();
            case "debug" -> Level.DEBUG.toInt();
            default -> Level.INFO.toInt();
        };
    }
}
