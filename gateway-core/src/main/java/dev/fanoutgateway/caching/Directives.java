package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Headers;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code Cache-Control} lines of one message say (RFC 9111 section 5.2). Reads anything without failing, in linear
 * time. In doubt it takes the more careful reading: a lifetime that is no number, or is stated twice and differently,
 * counts as none left (section 4.2.1), and a restriction counts however it is decorated.
 */
final class Directives {
    /** A lifetime that is not stated. */
    static final long ABSENT = -1;

    /** What a number too large to represent is taken for (RFC 9111 section 1.2.2). */
    static final long LARGEST_SECONDS = 1L << 31;

    /** Says nothing. */
    static final Directives NONE = new Directives();

    private boolean present;
    private boolean targeted;
    private boolean noStore;
    private boolean noCache;
    private boolean isPrivate;
    private boolean isPublic;
    private boolean onlyIfCached;
    private boolean mustRevalidate;
    private boolean proxyRevalidate;
    private boolean mustUnderstand;
    private long maxAge = ABSENT;
    private long sharedMaxAge = ABSENT;
    private long minFresh = ABSENT;
    private long maxStale = ABSENT;
    private long staleWhileRevalidate = ABSENT;
    private long staleIfError = ABSENT;
    private @Nullable Set<String> withheld;

    private Directives() {}

    static Directives of(Headers headers) {
        Directives directives = null;
        for (int i = 0; i < headers.size(); i++) {
            if (headers.name(i).equalsIgnoreCase("Cache-Control")) {
                if (directives == null) {
                    directives = new Directives();
                    directives.present = true;
                }
                directives.read(headers.value(i));
            }
        }
        return directives == null ? NONE : directives;
    }

    /** What a response says to this cache: by a field that is targeted at it (RFC 9213), else {@code Cache-Control}. */
    static Directives ofResponse(Headers headers) {
        Optional<TargetedDirectives> targeted = TargetedDirectives.of(headers);
        return targeted.isPresent() ? of(targeted.get()) : of(headers);
    }

    private static Directives of(TargetedDirectives said) {
        Directives directives = new Directives();
        directives.present = true;
        directives.targeted = true;
        directives.noStore = said.noStore();
        directives.noCache = said.noCache();
        directives.isPrivate = said.isPrivate();
        directives.isPublic = said.isPublic();
        directives.mustRevalidate = said.mustRevalidate();
        directives.proxyRevalidate = said.proxyRevalidate();
        directives.mustUnderstand = said.mustUnderstand();
        directives.maxAge = said.maxAge();
        directives.sharedMaxAge = said.sharedMaxAge();
        directives.staleWhileRevalidate = said.staleWhileRevalidate();
        directives.staleIfError = said.staleIfError();
        return directives;
    }

    /** Whether these are from a field that is meant for caches like this one, so that {@code Expires} does not count. */
    boolean targeted() {
        return targeted;
    }

    /** Whether there is any {@code Cache-Control} line. */
    boolean present() {
        return present;
    }

    boolean noStore() {
        return noStore;
    }

    /** {@code no-cache} of the whole message (sections 5.2.1.4 and 5.2.2.4); where it names fields, see {@link #withheld}. */
    boolean noCache() {
        return noCache;
    }

    /** The fields, in lower case, that {@code no-cache="..."} and {@code private="..."} keep from being stored. */
    Set<String> withheld() {
        return withheld == null ? Set.of() : withheld;
    }

    /** {@code private} of the whole message (section 5.2.2.7); where it names fields, see {@link #withheld}. */
    boolean isPrivate() {
        return isPrivate;
    }

    boolean isPublic() {
        return isPublic;
    }

    boolean onlyIfCached() {
        return onlyIfCached;
    }

    boolean mustRevalidate() {
        return mustRevalidate;
    }

    /** {@code proxy-revalidate}: section 5.2.2.8. */
    boolean proxyRevalidate() {
        return proxyRevalidate;
    }

    /** {@code must-understand}: section 5.2.2.3. */
    boolean mustUnderstand() {
        return mustUnderstand;
    }

    /** {@code min-fresh} of a request in seconds; {@link #LARGEST_SECONDS} if invalid, {@link #ABSENT} if not stated. */
    long minFresh() {
        return minFresh;
    }

    /** {@code max-stale} of a request in seconds, {@link #LARGEST_SECONDS} for any time; {@link #ABSENT} if not stated. */
    long maxStale() {
        return maxStale;
    }

    /** {@code stale-while-revalidate} in seconds (RFC 5861 section 3); 0 if invalid, {@link #ABSENT} if not stated. */
    long staleWhileRevalidate() {
        return staleWhileRevalidate;
    }

    /** {@code stale-if-error} in seconds (RFC 5861 section 4); 0 if invalid, {@link #ABSENT} if not stated. */
    long staleIfError() {
        return staleIfError;
    }

    /** In seconds; 0 if invalid, {@link #ABSENT} if not stated. */
    long maxAge() {
        return maxAge;
    }

    /** {@code s-maxage} in seconds; 0 if invalid, {@link #ABSENT} if not stated. */
    long sharedMaxAge() {
        return sharedMaxAge;
    }

    /** Digits only, in seconds, at most {@link #LARGEST_SECONDS}; -1 if it is anything else. */
    static long deltaSeconds(String text) {
        if (text.isEmpty()) {
            return -1;
        }
        long seconds = 0;
        for (int i = 0; i < text.length(); i++) {
            if (!Ascii.isDigit(text.charAt(i))) {
                return -1;
            }
            seconds = Math.min(seconds * 10 + (text.charAt(i) - '0'), LARGEST_SECONDS);
        }
        return seconds;
    }

    private void read(String line) {
        int at = 0;
        while (at < line.length()) {
            int start = at;
            while (at < line.length() && Ascii.isTokenChar(line.charAt(at))) {
                at++;
            }
            if (at == start) {
                at++; // a comma, a blank, or nonsense
                continue;
            }
            at = argument(line, start, at);
        }
    }

    /** Reads what follows the name that stands from {@code start} to {@code end}, up to the next comma. */
    private int argument(String line, int start, int end) {
        String name = Ascii.lower(line.substring(start, end));
        int at = skipBlanks(line, end);
        String value = null;
        boolean proper = true;
        if (at < line.length() && line.charAt(at) == '=') {
            int from = skipBlanks(line, at + 1);
            proper = at == end && from == at + 1; // no blanks around the sign
            int closing = from < line.length() && line.charAt(from) == '"' ? QuotedStrings.closing(line, from) : -1;
            if (closing >= 0) {
                value = QuotedStrings.content(line, from + 1, closing);
                at = closing + 1;
            } else {
                at = from;
                while (at < line.length() && Ascii.isTokenChar(line.charAt(at))) {
                    at++;
                }
                value = line.substring(from, at);
            }
            at = skipBlanks(line, at);
        }
        if (at < line.length() && line.charAt(at) != ',') {
            proper = false;
            at = line.indexOf(',', at);
            at = at < 0 ? line.length() : at;
        }
        apply(name, proper && value != null ? value : "", proper, value != null);
        return at;
    }

    private void apply(String name, String value, boolean proper, boolean argument) {
        switch (name) {
            case "no-store" -> noStore = true;
            case "no-cache" -> noCache |= !(argument && withhold(value));
            case "private" -> isPrivate |= !(argument && withhold(value));
            case "public" -> isPublic |= proper;
            case "only-if-cached" -> onlyIfCached = true;
            case "must-revalidate" -> mustRevalidate = true;
            case "proxy-revalidate" -> proxyRevalidate = true;
            case "must-understand" -> mustUnderstand = true;
            case "max-age" -> maxAge = merged(maxAge, value);
            case "s-maxage" -> sharedMaxAge = merged(sharedMaxAge, value);
            case "stale-while-revalidate" -> staleWhileRevalidate = merged(staleWhileRevalidate, value);
            case "stale-if-error" -> staleIfError = merged(staleIfError, value);
            case "min-fresh" -> minFresh = Math.max(minFresh, orLargest(deltaSeconds(value)));
            case "max-stale" -> maxStale = argument ? merged(maxStale, value) : LARGEST_SECONDS;
            default -> {} // unknown directives are ignored: section 5.2.3
        }
    }

    /** Reads the names of fields; false if it holds anything else, and the directive is then about the whole message. */
    private boolean withhold(String list) {
        Set<String> names = new TreeSet<>();
        int start = 0;
        while (start <= list.length()) {
            int comma = list.indexOf(',', start);
            int end = comma < 0 ? list.length() : comma;
            String name = Ascii.trim(list.substring(start, end));
            if (!name.chars().allMatch(c -> Ascii.isTokenChar((char) c))) {
                return false;
            }
            if (!name.isEmpty()) {
                names.add(Ascii.lower(name));
            }
            start = end + 1;
        }
        if (withheld == null) {
            withheld = names;
        } else {
            withheld.addAll(names);
        }
        return !names.isEmpty();
    }

    private static long orLargest(long seconds) {
        return seconds < 0 ? LARGEST_SECONDS : seconds;
    }

    private static long merged(long before, String value) {
        long seconds = Math.max(0, deltaSeconds(value));
        return before == ABSENT || before == seconds ? seconds : 0;
    }

    private static int skipBlanks(String line, int from) {
        int at = from;
        while (at < line.length() && Ascii.isBlank(line.charAt(at))) {
            at++;
        }
        return at;
    }
}
