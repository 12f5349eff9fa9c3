package dev.fanoutgateway.okhttp;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the answers on a connection end, and refuses what is none by RFC 9112: what OkHttp reads leniently, two parsers
 * could read differently. It keeps nothing but an unfinished line of a head. Used by one thread at a time.
 */
final class Framing {
    /** Of all heads of an answer, interim ones and trailers included. */
    /** Servers that pass it on need a buffer for it. */
    static final int MOST_HEAD_BYTES = 32 << 10;

    private static final int MOST_INTERIM_ANSWERS = 64;
    private static final int SMALL_LINE = 256;

    private enum State {
        OVER,
        STATUS,
        FIELDS,
        CONTENT,
        CHUNK_LINE,
        CHUNK,
        TRAILERS,
        UNTIL_CLOSE
    }

    private final Head head = new Head();
    private final ChunkLines chunks = new ChunkLines();

    private State state = State.OVER;
    private boolean withoutContent;
    private boolean last;
    private long left;
    private int headBytes;
    private int interim;
    /** How the first line of the head ended; the others must end likewise. */
    private boolean bareLines;

    private byte[] line = new byte[SMALL_LINE];
    private int lineLength;

    private int taken;
    private @Nullable MisframedException fault;

    /** A request goes out. */
    void begin(boolean isHead) {
        state = State.STATUS;
        withoutContent = isHead;
        last = false;
        headBytes = 0;
        interim = 0;
        lineLength = 0;
        head.begin();
    }

    /** Whether no answer is expected, or what was expected has come. */
    boolean isOver() {
        return state == State.OVER;
    }

    /** See {@link Head#oddValues}. */
    @Nullable
    List<String> oddValues() {
        return head.oddValues();
    }

    /** Whether the connection ends with the answer that came last. */
    boolean isLast() {
        return last;
    }

    /** The backend has closed the connection. */
    void end() {
        if (state == State.UNTIL_CLOSE) {
            state = State.OVER;
        }
    }

    /** Why what came last is no answer; null if it is one so far. */
    @Nullable
    MisframedException fault() {
        return fault;
    }

    /** Takes what came; how many of these bytes belong to the answer under way, and are in order. */
    int take(byte[] bytes, int from, int to) {
        taken = from;
        try {
            walk(bytes, to);
        } catch (MisframedException e) {
            fault = e;
        }
        return taken - from;
    }

    private void walk(byte[] bytes, int to) throws MisframedException {
        while (taken < to) {
            int at = taken;
            switch (state) {
                case OVER -> {
                    return;
                }
                case UNTIL_CLOSE -> taken = to;
                case STATUS, FIELDS, TRAILERS -> taken = line(bytes, at, to);
                case CHUNK_LINE -> taken = chunkLine(bytes[at], at);
                case CONTENT, CHUNK -> taken = content(at, to);
            }
        }
    }

    private int content(int at, int to) {
        int some = (int) Math.min(left, to - at);
        left -= some;
        if (left == 0) {
            if (state == State.CONTENT) {
                over();
            } else {
                chunks.beginAfterChunk();
                state = State.CHUNK_LINE;
            }
        }
        return at + some;
    }

    private int chunkLine(byte c, int at) throws MisframedException {
        if (chunks.take(c)) {
            left = chunks.size();
            state = left > 0 ? State.CHUNK : State.TRAILERS;
        }
        return at + 1;
    }

    /** A line of a head, or as much as there is of it. */
    private int line(byte[] bytes, int from, int to) throws MisframedException {
        int end = from;
        while (end < to && bytes[end] != '\n') {
            end++;
        }
        headBytes += Math.min(end + 1, to) - from;
        if (headBytes > MOST_HEAD_BYTES) {
            throw new MisframedException("the head is longer than " + MOST_HEAD_BYTES + " bytes");
        }
        if (end == to) {
            keep(bytes, from, to);
        } else if (lineLength == 0) {
            lineEndingWithFeed(bytes, from, end);
        } else {
            keep(bytes, from, end);
            int length = lineLength;
            lineLength = 0;
            lineEndingWithFeed(line, 0, length);
        }
        return Math.min(end + 1, to);
    }

    private void keep(byte[] bytes, int from, int to) {
        int length = lineLength + to - from;
        if (length > line.length) {
            line = Arrays.copyOf(line, Math.max(length, 2 * line.length));
        }
        System.arraycopy(bytes, from, line, lineLength, to - from);
        lineLength = length;
    }

    private void lineEndingWithFeed(byte[] bytes, int from, int feed) throws MisframedException {
        boolean bare = feed == from || bytes[feed - 1] != '\r';
        int to = bare ? feed : feed - 1;
        if (state == State.STATUS) {
            bareLines = bare;
            head.statusLine(bytes, from, to);
            state = State.FIELDS;
        } else if (bare != bareLines && (bare || state == State.FIELDS)) {
            throw new MisframedException("a line of the head ends in another way than the first");
        } else if (from == to) {
            headEnds();
        } else if (state == State.FIELDS) {
            head.field(bytes, from, to);
        } else {
            head.trailer(bytes, from, to);
        }
    }

    private void headEnds() throws MisframedException {
        if (state == State.TRAILERS) {
            over();
            return;
        }
        int status = head.status();
        boolean never = status < 200 || status == 204;
        if (never && (head.isChunked() || head.length() > 0)) {
            throw new MisframedException("content where the status allows none");
        }
        if (status < 200) {
            interim(status);
        } else if (never || withoutContent || status == 304) {
            over();
        } else if (head.isChunked()) {
            chunks.begin();
            state = State.CHUNK_LINE;
        } else if (head.length() == Head.NONE) {
            state = State.UNTIL_CLOSE;
        } else {
            left = head.length();
            state = State.CONTENT;
            if (left == 0) {
                over();
            }
        }
    }

    private void interim(int status) throws MisframedException {
        if (status == 101) {
            throw new MisframedException("the backend changes the protocol, and was not asked to");
        }
        if (++interim > MOST_INTERIM_ANSWERS) {
            throw new MisframedException("more than " + MOST_INTERIM_ANSWERS + " interim answers");
        }
        head.begin();
        state = State.STATUS;
    }

    private void over() {
        state = State.OVER;
        last = head.isLast();
        if (line.length > SMALL_LINE) {
            line = new byte[SMALL_LINE];
        }
    }
}
