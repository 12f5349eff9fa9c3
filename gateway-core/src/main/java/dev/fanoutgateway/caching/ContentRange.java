package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Headers;
import java.util.List;
import java.util.Optional;

/**
 * Which bytes of a content the content of a 206 is (RFC 9110 section 14.4).
 *
 * @param first counted from 0
 * @param last the last one that belongs to it, not less than {@code first}
 * @param total the length of the whole content, more than {@code last}
 */
record ContentRange(long first, long last, long total) {
    static final String FIELD = "Content-Range";

    private static final String UNIT = "bytes ";

    /** Of the one {@code Content-Range} of a response; empty if it is not that, or the length of the whole is not known. */
    static Optional<ContentRange> of(Headers response) {
        List<String> lines = response.all(FIELD);
        String text = lines.size() == 1 ? Ascii.trim(lines.get(0)) : "";
        int dash = text.indexOf('-');
        int slash = text.indexOf('/', dash + 1);
        if (dash < UNIT.length()
                || slash < 0
                || !Ascii.lower(text.substring(0, UNIT.length())).equals(UNIT)) {
            return Optional.empty();
        }
        long first = ByteRange.number(text, UNIT.length(), dash);
        long last = ByteRange.number(text, dash + 1, slash);
        long total = ByteRange.number(text, slash + 1, text.length());
        boolean valid = first >= 0 && last >= first && total > last && total < Long.MAX_VALUE;
        return valid ? Optional.of(new ContentRange(first, last, total)) : Optional.empty();
    }

    long length() {
        return last - first + 1;
    }

    boolean whole() {
        return length() == total;
    }

    boolean covers(ByteRange range) {
        return first <= range.first() && range.last() <= last;
    }

    /** Whether both together are one range of the same content, without a gap. */
    boolean joins(ContentRange other) {
        return total == other.total && other.first <= last + 1 && first <= other.last + 1;
    }

    /** Both together; they must {@link #joins join}. */
    ContentRange with(ContentRange other) {
        return new ContentRange(Math.min(first, other.first), Math.max(last, other.last), total);
    }

    @Override
    public String toString() {
        return UNIT + first + '-' + last + '/' + total;
    }
}
