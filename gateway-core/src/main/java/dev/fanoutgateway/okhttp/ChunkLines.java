package dev.fanoutgateway.okhttp;

/** What stands around the chunks of a content (RFC 9112 section 7.1), byte by byte and exactly as it must be. */
final class ChunkLines {
    /** More than a line of so many bytes is nothing but a burden. */
    private static final int LONGEST_LINE = 1 << 10;

    /** How many bytes more than sizes and content there may be, for extensions and for tiny chunks that have them. */
    private static final long MOST_BESIDE = 16 << 10;

    private enum State {
        SIZE,
        BLANK,
        EXTENSION,
        LINE_FEED,
        END_CR,
        END_LF,
        DONE
    }

    private State state = State.SIZE;
    private long size;
    private int digits;
    private int line;
    private long beside;

    /** Before the first chunk. */
    void begin() {
        beside = 0;
        beginLine(State.SIZE);
    }

    /** After a chunk's content. */
    void beginAfterChunk() {
        beginLine(State.END_CR);
    }

    /** Of the chunk that follows; 0 for the end. */
    long size() {
        return size;
    }

    /** Takes one byte; true if it is the last one before the chunk. */
    boolean take(byte c) throws MisframedException {
        if (++line > LONGEST_LINE) {
            throw new MisframedException("the line before a chunk is too long");
        }
        switch (state) {
            case END_CR -> expect(c, '\r', State.END_LF);
            case END_LF -> expect(c, '\n', State.SIZE);
            case LINE_FEED -> expect(c, '\n', State.DONE);
            case SIZE -> digit(c);
            case BLANK -> blank(c);
            case EXTENSION -> extension(c);
            case DONE -> throw new IllegalStateException("the line is complete");
        }
        if (state == State.DONE) {
            beside = Math.max(0, beside + line - 16 - 2 * Math.min(size, MOST_BESIDE));
            if (beside > MOST_BESIDE) {
                throw new MisframedException("there is more around the chunks than in them");
            }
        }
        return state == State.DONE;
    }

    private void beginLine(State first) {
        state = first;
        size = 0;
        digits = 0;
        line = 0;
    }

    private void expect(byte c, char expected, State next) throws MisframedException {
        if (c != expected) {
            throw new MisframedException("a chunk does not end where its size says");
        }
        state = next;
    }

    private void digit(byte c) throws MisframedException {
        int digit = Character.digit(c & 0xff, 16);
        if (digit >= 0 && c > 0) {
            if (++digits > 15) {
                throw new MisframedException("a chunk's size is beyond all bounds");
            }
            size = size << 4 | digit;
        } else if (digits == 0) {
            throw new MisframedException("a chunk's size is no number");
        } else {
            blank(c);
        }
    }

    private void blank(byte c) throws MisframedException {
        switch (c) {
            case ' ', '\t' -> state = State.BLANK;
            case ';' -> state = State.EXTENSION;
            case '\r' -> state = State.LINE_FEED;
            default -> throw new MisframedException("a chunk's size is no number");
        }
    }

    private void extension(byte c) throws MisframedException {
        if (c == '\r') {
            state = State.LINE_FEED;
        } else if ((c >= 0 && c < ' ' && c != '\t') || c == 0x7f) {
            throw new MisframedException("a chunk's extension has a control character in it");
        }
    }
}
