package dev.fanoutgateway.okhttp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of an answer as it comes, line by line, and what it says of the content's end (RFC 9112 sections 4, 5 and 6). One
 * for each connection, for one answer after the other.
 */
final class Head {
    /** No length is stated. */
    static final long NONE = -1;

    private static final int MOST_FIELDS = 256;
    private static final byte[] CONTENT_LENGTH = "content-length".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRANSFER_ENCODING = "transfer-encoding".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONNECTION = "connection".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED = "chunked".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSE = "close".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE = "keep-alive".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (int c = '!'; c < 0x7f; c++) {
            TOKEN[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
    }

    private int status;
    private boolean oldVersion;
    private boolean chunked;
    private boolean close;
    private boolean keepAlive;
    private long length;
    private int fields;

    /** Whether the text looked at last is ASCII. */
    private boolean ascii;

    /** Values that are no text, each octet as one character; null for none. */
    private @Nullable List<String> odd;

    /** Another answer, or the one after an interim one. */
    void begin() {
        status = 0;
        chunked = false;
        close = false;
        keepAlive = false;
        length = NONE;
        fields = 0;
        odd = null;
    }

    /** Values that are no UTF-8, in their order, each octet as one character; null if there are none. */
    @Nullable
    List<String> oddValues() {
        return odd;
    }

    int status() {
        return status;
    }

    boolean isChunked() {
        return chunked;
    }

    /** In bytes, or {@link #NONE}. */
    long length() {
        return length;
    }

    /** Whether the backend will close the connection after this answer: RFC 9112 section 9.3. */
    boolean isLast() {
        return close || (oldVersion && !keepAlive);
    }

    /** The first line, without its end. */
    void statusLine(byte[] line, int from, int to) throws MisframedException {
        int at = from + VERSION.length;
        if (to - from < 12 || !begins(line, from, VERSION) || (line[at] != '0' && line[at] != '1')) {
            throw new MisframedException("the backend's answer does not begin as HTTP/1 does");
        }
        oldVersion = line[at] == '0';
        int code = 0;
        for (int i = at + 2; i < at + 5; i++) {
            int digit = line[i] - '0';
            code = digit < 0 || digit > 9 || code < 0 ? -1 : code * 10 + digit;
        }
        boolean ends = to == at + 5 || line[at + 5] == ' ';
        if (line[at + 1] != ' ' || !ends || code < 100 || code > 599) {
            throw new MisframedException("the status is none of HTTP's");
        }
        checkText(line, at + 5, to);
        status = code;
    }

    /** A field of the head, without its line's end. */
    void field(byte[] line, int from, int to) throws MisframedException {
        int colon = name(line, from, to);
        int start = colon + 1;
        int end = to;
        while (start < end && isBlank(line[start])) {
            start++;
        }
        while (end > start && isBlank(line[end - 1])) {
            end--;
        }
        if (!ascii && FieldOctets.isOdd(line, start, end)) {
            odd = odd == null ? new ArrayList<>() : odd;
            odd.add(new String(line, start, end - start, StandardCharsets.ISO_8859_1));
        }
        switch (colon - from) {
            case 10 -> connection(line, from, start, end);
            case 14 -> contentLength(line, from, start, end);
            case 17 -> transferEncoding(line, from, start, end);
            default -> {}
        }
    }

    /** A field after the content: what it says of lengths is nothing to go by. */
    void trailer(byte[] line, int from, int to) throws MisframedException {
        name(line, from, to);
    }

    /** Where the name ends. Of the values, RFC 9110 section 5.5 calls CR, LF and NUL dangerous; the rest is for others. */
    private int name(byte[] line, int from, int to) throws MisframedException {
        if (++fields > MOST_FIELDS) {
            throw new MisframedException("more than " + MOST_FIELDS + " fields");
        }
        int colon = from;
        while (colon < to && TOKEN[line[colon] & 0xff]) {
            colon++;
        }
        if (colon == from || colon == to || line[colon] != ':') {
            throw new MisframedException(
                    isBlank(line[from]) ? "a field is folded over several lines" : "a field's name is no token");
        }
        checkText(line, colon + 1, to);
        return colon;
    }

    private void checkText(byte[] line, int from, int to) throws MisframedException {
        int all = 0;
        for (int i = from; i < to; i++) {
            if (line[i] == '\r' || line[i] == 0) {
                throw new MisframedException("a field or the status line has CR or NUL in it");
            }
            all |= line[i];
        }
        ascii = all >= 0;
    }

    private void connection(byte[] line, int from, int start, int end) {
        if (!equal(line, from, CONNECTION)) {
            return;
        }
        int at = start;
        while (at < end) {
            int stop = at;
            while (stop < end && TOKEN[line[stop] & 0xff]) {
                stop++;
            }
            close |= stop - at == CLOSE.length && equal(line, at, CLOSE);
            keepAlive |= stop - at == KEEP_ALIVE.length && equal(line, at, KEEP_ALIVE);
            at = stop + 1;
        }
    }

    private void contentLength(byte[] line, int from, int start, int end) throws MisframedException {
        if (!equal(line, from, CONTENT_LENGTH)) {
            return;
        }
        long value = start == end || end - start > 18 ? NONE : 0;
        for (int i = start; i < end && value >= 0; i++) {
            int digit = line[i] - '0';
            value = digit < 0 || digit > 9 ? NONE : value * 10 + digit;
        }
        if (value < 0) {
            throw new MisframedException("the content's length is no number");
        }
        if (chunked || (length != NONE && length != value)) {
            throw new MisframedException("the content has two lengths");
        }
        length = value;
    }

    private void transferEncoding(byte[] line, int from, int start, int end) throws MisframedException {
        if (!equal(line, from, TRANSFER_ENCODING)) {
            return;
        }
        if (chunked || length != NONE) {
            throw new MisframedException("the content has two lengths");
        }
        if (oldVersion || end - start != CHUNKED.length || !equal(line, start, CHUNKED)) {
            throw new MisframedException("the content's transfer coding is not known");
        }
        chunked = true;
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }

    private static boolean begins(byte[] line, int from, byte[] what) {
        for (int i = 0; i < what.length; i++) {
            if (line[from + i] != what[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether a word is this one, whatever its case; there are as many bytes. */
    private static boolean equal(byte[] line, int from, byte[] lower) {
        for (int i = 0; i < lower.length; i++) {
            int c = line[from + i];
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lower[i]) {
                return false;
            }
        }
        return true;
    }
}
