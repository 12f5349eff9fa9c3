package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Purge.Scope;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds what was purged by its names. Read by any thread, changed by one at a time. */
final class PurgeIndex {
    private final Map<String, PurgeMark> targets = new ConcurrentHashMap<>();
    private final Map<String, PurgeMark> prefixes = new ConcurrentHashMap<>();
    private final Map<String, PurgeMark> tags = new ConcurrentHashMap<>();
    private volatile PurgeMark all = PurgeMark.NONE;

    /** Of all tags there ever were: for responses whose tags are not known yet. */
    private volatile PurgeMark anyTag = PurgeMark.NONE;

    /** The most slashes in a prefix: no more of a path is looked at, however many it has. */
    private volatile int deepest;

    PurgeMark all() {
        return all;
    }

    void put(Scope scope, String value, PurgeMark mark) {
        switch (scope) {
            case TARGET -> targets.put(value, mark);
            case PREFIX -> {
                deepest = Math.max(deepest, slashes(value));
                prefixes.put(value, mark);
            }
            case TAG -> {
                tags.put(value, mark);
                anyTag = anyTag.and(mark);
            }
            case ALL -> all = all.and(mark);
        }
    }

    void remove(Scope scope, String value) {
        switch (scope) {
            case TARGET -> targets.remove(value);
            case PREFIX -> prefixes.remove(value);
            case TAG -> tags.remove(value);
            case ALL -> {}
        }
    }

    /**
     * Everything that was purged under a name of this response.
     *
     * @param response its fields; null if it is not there yet, and may have any tag
     */
    PurgeMark find(String path, @Nullable String query, @Nullable Headers response) {
        PurgeMark found = all;
        if (!targets.isEmpty()) {
            found = found.and(targets.getOrDefault(query == null ? path : path + '?' + query, PurgeMark.NONE));
        }
        if (!prefixes.isEmpty()) {
            found = found.and(ofPrefixes(path));
        }
        if (response == null) {
            found = found.and(anyTag);
        } else if (!tags.isEmpty()) {
            found = found.and(ofTags(response));
        }
        return found;
    }

    private PurgeMark ofPrefixes(String path) {
        PurgeMark found = PurgeMark.NONE;
        int most = deepest;
        int slash = path.startsWith("/") ? 0 : -1;
        for (int depth = 0; depth < most && slash >= 0; depth++) {
            found = found.and(prefixes.getOrDefault(path.substring(0, slash + 1), PurgeMark.NONE));
            slash = path.indexOf('/', slash + 1);
            found = found.and(prefixes.getOrDefault(slash < 0 ? path : path.substring(0, slash), PurgeMark.NONE));
        }
        return found;
    }

    private PurgeMark ofTags(Headers response) {
        PurgeMark[] found = {PurgeMark.NONE};
        Consumer<String> tag = name -> found[0] = found[0].and(tags.getOrDefault(name, PurgeMark.NONE));
        for (int i = 0; i < response.size(); i++) {
            if (response.name(i).equalsIgnoreCase("Cache-Tag")) {
                parts(response.value(i), ',', tag);
            } else if (response.name(i).equalsIgnoreCase("Surrogate-Key")) {
                parts(response.value(i), ' ', tag);
            }
        }
        return found[0];
    }

    private static void parts(String value, char separator, Consumer<String> part) {
        String lower = Ascii.lower(value);
        int start = 0;
        while (start <= lower.length()) {
            int next = lower.indexOf(separator, start);
            int end = next < 0 ? lower.length() : next;
            String trimmed = Ascii.trim(lower.substring(start, end));
            if (!trimmed.isEmpty()) {
                part.accept(trimmed);
            }
            start = end + 1;
        }
    }

    private static int slashes(String prefix) {
        return (int) prefix.chars().filter(c -> c == '/').count();
    }
}
