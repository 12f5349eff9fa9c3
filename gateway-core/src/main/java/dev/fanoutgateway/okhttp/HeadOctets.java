package dev.fanoutgateway.okhttp;

import java.io.ByteArrayOutputStream;

/** One head on its way to a backend, with the octets in it that OkHttp could not write: see {@link FieldOctets}. */
final class HeadOctets {
    /** What has come of a mark's three bytes. */
    private final byte[] mark = new byte[3];

    private int marked;
    /** How much of the CR LF CR LF at the end has come. */
    private int end;

    /** Whether the head has been given on as a whole. */
    boolean isOver() {
        return end == 4;
    }

    /** What to send in place of these bytes; what is behind the head as it is. */
    byte[] sent(byte[] bytes, int from, int length) {
        ByteArrayOutputStream sent = new ByteArrayOutputStream(length);
        int at = from;
        for (; at < from + length && !isOver(); at++) {
            take(bytes[at], sent);
        }
        sent.write(bytes, at, from + length - at);
        return sent.toByteArray();
    }

    private void take(byte c, ByteArrayOutputStream sent) {
        end = c == (end % 2 == 0 ? '\r' : '\n') ? end + 1 : c == '\r' ? 1 : 0;
        mark[marked++] = c;
        if (marked == 3 && (mark[1] & 0xfe) == 0x9e) {
            sent.write((mark[1] << 6 & 0x40) | 0x80 | (c & 0x3f));
            marked = 0;
        } else if (mark[0] != (byte) 0xef || (marked == 2 && (c & 0xfe) != 0x9e)) {
            sent.write(mark, 0, marked);
            marked = 0;
        }
    }
}
