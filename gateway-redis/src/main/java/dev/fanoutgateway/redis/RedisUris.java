package dev.fanoutgateway.redis;

import io.lettuce.core.RedisURI;
import java.net.URI;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads Redis URIs as Lettuce does, which is content with a port that is none (it takes it for a part of the host's name, or
 * for the usual one), with several hosts where one is meant, and with options that it does not know. Here they are refused.
 */
final class RedisUris {
    private static final Pattern SCHEME = Pattern.compile("rediss?(-sentinel|\\+ssl|\\+tls)?");
    private static final Pattern NODE =
            Pattern.compile("(?:\\[[0-9a-fA-F:.]+(?:%[A-Za-z0-9._-]+)?]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");
    private static final Pattern DATABASE = Pattern.compile("(?:/[0-9]{0,9})?");
    private static final int LAST_PORT = 65_535;

    private static final Pattern TEXT = Pattern.compile(".+");
    private static final Map<String, Pattern> OPTIONS = Map.of(
            "timeout",
            Pattern.compile("[0-9]{1,18}(?:d|h|m|s|ms|us|ns)"),
            "database",
            Pattern.compile("[0-9]{1,9}"),
            "db",
            Pattern.compile("[0-9]{1,9}"),
            "verifyPeer",
            Pattern.compile("(?i:true|false|none|ca|full)"),
            "sentinelMasterId",
            TEXT,
            "clientName",
            TEXT,
            "libraryName",
            TEXT,
            "libraryVersion",
            TEXT);

    private RedisUris() {}

    /** The URI; null if it is none, without a word: neither it nor an exception that quotes it may be shown. */
    static @Nullable RedisURI read(String text) {
        try {
            URI uri = URI.create(text);
            return isInOrder(uri) ? RedisURI.create(text) : null;
        } catch (RuntimeException e) { // of several kinds
            return null;
        }
    }

    private static boolean isInOrder(URI uri) {
        String authority = uri.getRawAuthority();
        return uri.getScheme() != null
                && SCHEME.matcher(uri.getScheme()).matches()
                && authority != null
                && areNodes(nodes(authority))
                && !namesTooMany(uri)
                && DATABASE.matcher(uri.getRawPath()).matches()
                && (uri.getRawQuery() == null || areOptions(uri.getRawQuery()));
    }

    /** Whether it is one server's, and names several: only Sentinels are listed in one URI. */
    static boolean namesTooMany(String text) {
        try {
            return namesTooMany(URI.create(text));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean namesTooMany(URI uri) {
        return uri.getScheme() != null
                && SCHEME.matcher(uri.getScheme()).matches()
                && !uri.getScheme().endsWith("-sentinel")
                && uri.getRawAuthority() != null
                && nodes(uri.getRawAuthority()).indexOf(',') >= 0;
    }

    private static String nodes(String authority) {
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    private static boolean areNodes(String nodes) {
        for (String node : nodes.split(",", -1)) {
            Matcher matcher = NODE.matcher(node);
            if (!matcher.matches()) {
                return false;
            }
            int port = matcher.group(1) == null ? 1 : Integer.parseInt(matcher.group(1));
            if (port < 1 || port > LAST_PORT) {
                return false;
            }
        }
        return true;
    }

    private static boolean areOptions(String query) {
        Set<String> seen = new HashSet<>();
        for (String option : query.split("&", -1)) {
            int equals = option.indexOf('=');
            String name = equals < 0 ? option : option.substring(0, equals);
            Pattern pattern = OPTIONS.get(name);
            if (pattern == null
                    || !seen.add(name)
                    || !pattern.matcher(option.substring(equals + 1)).matches()) {
                return false;
            }
        }
        return true;
    }
}
