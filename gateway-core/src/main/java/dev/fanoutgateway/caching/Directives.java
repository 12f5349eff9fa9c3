package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Headers;

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

    private static final Directives NONE = new Directives();

    private boolean present;
    private boolean noStore;
    private boolean noCache;
    private boolean isPrivate;
    private boolean isPublic;
    private boolean onlyIfCached;
    private boolean mustRevalidate;
    private long maxAge = ABSENT;
    private long sharedMaxAge = ABSENT;

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

    /** Whether there is any {@code Cache-Control} line. */
    boolean present() {
        return present;
    }

    boolean noStore() {
        return noStore;
    }

    /** {@code no-cache}, also where it names fields only. */
    boolean noCache() {
        return noCache;
    }

    /** {@code private}, also where it names fields only. */
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
            int closing = from < line.length() && line.charAt(from) == '"' ? closingQuote(line, from) : -1;
            if (closing >= 0) {
                value = unquoted(line, from + 1, closing);
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
        apply(name, proper && value != null ? value : "", proper);
        return at;
    }

    private void apply(String name, String value, boolean proper) {
        switch (name) {
            case "no-store" -> noStore = true;
            case "no-cache" -> noCache = true;
            case "private" -> isPrivate = true;
            case "public" -> isPublic |= proper;
            case "only-if-cached" -> onlyIfCached = true;
            case "must-revalidate" -> mustRevalidate |= proper;
            case "max-age" -> maxAge = merged(maxAge, value);
            case "s-maxage" -> sharedMaxAge = merged(sharedMaxAge, value);
            default -> {} // unknown directives are ignored: section 5.2.3
        }
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

    /** Where the quoted string that opens at {@code open} ends; -1 if it does not. */
    private static int closingQuote(String line, int open) {
        for (int at = open + 1; at < line.length(); at++) {
            if (line.charAt(at) == '\\') {
                at++;
            } else if (line.charAt(at) == '"') {
                return at;
            }
        }
        return -1;
    }

    private static String unquoted(String line, int from, int to) {
        if (line.lastIndexOf('\\', to) < from) {
            return line.substring(from, to);
        }
        StringBuilder text = new StringBuilder(to - from);
        for (int at = from; at < to; at++) {
            if (line.charAt(at) == '\\' && at + 1 < to) {
                at++;
            }
            text.append(line.charAt(at));
        }
        return text.toString();
    }
}
