package dev.fanoutgateway.caching;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Bytes that a request asks for (RFC 9110 section 14.1.2), within the content.
 *
 * @param first counted from 0
 * @param last the last one that belongs to it, not less than {@code first}
 */
record ByteRange(long first, long last) {
    /** Who asks for more than these gets all: sections 14.2 and 17.15. */
    static final int MOST = 16;

    private static final String UNIT = "bytes=";

    /** A range that is well-formed, but of which the content has nothing. */
    private static final ByteRange OUTSIDE = new ByteRange(-1, -1);

    private static final int NONE = -1;
    private static final int INVALID = -2;

    /**
     * What a {@code Range} field asks for, in its order; what overlaps or adjoins is one range, at the place of its first.
     * An empty list if nothing of it is within the content (416). Empty if the field counts for nothing: it is of another
     * unit, has an error, asks for too many ranges, or for the end of nothing, which no 206 can tell.
     *
     * @param lines the values of the field, of which there must be one
     * @param length of the whole content in bytes
     */
    static Optional<List<ByteRange>> of(List<String> lines, long length) {
        String text = lines.size() == 1 ? Ascii.trim(lines.get(0)) : "";
        if (text.length() <= UNIT.length()
                || !Ascii.lower(text.substring(0, UNIT.length())).equals(UNIT)
                || Ascii.isBlank(text.charAt(UNIT.length()))) {
            return Optional.empty();
        }
        List<ByteRange> ranges = new ArrayList<>(1);
        int asked = 0;
        int at = UNIT.length();
        while (at <= text.length()) {
            int comma = text.indexOf(',', at);
            int end = comma < 0 ? text.length() : comma;
            String spec = Ascii.trim(text.substring(at, end));
            at = end + 1;
            if (spec.isEmpty()) {
                continue; // section 5.6.1.2
            }
            Optional<ByteRange> range = asked++ < MOST ? one(spec, length) : Optional.empty();
            if (range.isEmpty()) {
                return Optional.empty();
            }
            if (range.get().first >= 0) {
                add(range.get(), ranges);
            }
        }
        return asked == 0 ? Optional.empty() : Optional.of(ranges);
    }

    /** How many bytes it has. */
    long length() {
        return last - first + 1;
    }

    private static Optional<ByteRange> one(String spec, long length) {
        int dash = spec.indexOf('-');
        long first = dash < 0 ? INVALID : number(spec, 0, dash);
        long last = dash < 0 ? INVALID : number(spec, dash + 1, spec.length());
        if (first == INVALID || last == INVALID) {
            return Optional.empty();
        }
        return first == NONE ? suffix(last, length) : fromTo(first, last, length);
    }

    private static Optional<ByteRange> suffix(long size, long length) {
        if (size == NONE || (size > 0 && length == 0)) {
            return Optional.empty();
        }
        return Optional.of(size == 0 ? OUTSIDE : new ByteRange(Math.max(0, length - size), length - 1));
    }

    private static Optional<ByteRange> fromTo(long first, long last, long length) {
        if (last != NONE && last < first) {
            return Optional.empty();
        }
        if (first >= length) {
            return Optional.of(OUTSIDE);
        }
        return Optional.of(new ByteRange(first, last == NONE ? length - 1 : Math.min(last, length - 1)));
    }

    /** No two in {@code ranges} touch, so those that touch {@code range} are all that it becomes one with. */
    private static void add(ByteRange range, List<ByteRange> ranges) {
        ByteRange merged = range;
        int place = ranges.size();
        for (int i = ranges.size() - 1; i >= 0; i--) {
            ByteRange other = ranges.get(i);
            if (other.first <= range.last + 1 && range.first <= other.last + 1) {
                merged = new ByteRange(Math.min(merged.first, other.first), Math.max(merged.last, other.last));
                ranges.remove(i);
                place = i;
            }
        }
        ranges.add(place, merged);
    }

    /** Digits only, at most {@link Long#MAX_VALUE}; negative for anything else. */
    static long number(String text, int from, int end) {
        if (from == end) {
            return NONE;
        }
        long number = 0;
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            if (!Ascii.isDigit(c)) {
                return INVALID;
            }
            number = number > (Long.MAX_VALUE - 9) / 10 ? Long.MAX_VALUE : number * 10 + (c - '0');
        }
        return number;
    }
}
