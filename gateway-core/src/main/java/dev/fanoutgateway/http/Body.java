package dev.fanoutgateway.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The content of a message: bytes in memory, or a stream with back-pressure. Bytes may be read any number of times and by
 * any thread; a stream has one subscriber, once, and whoever has no use for it subscribes and cancels, since there may be a
 * connection behind it.
 *
 * <p>A stream may read where it is asked: then {@link Flow.Subscription#request} blocks until something has come, and
 * {@link Flow.Subscriber#onNext} is called from within it. Ask on a thread that may block, for as much as can be taken at
 * once.
 */
public final class Body {
    private static final Supplier<Headers> NO_TRAILERS = Headers::empty;
    private static final Body EMPTY = new Body(new byte[0], 0, null, 0, NO_TRAILERS);

    private final byte @Nullable [] bytes;

    /** Where the content begins in {@link #bytes}. */
    private final int offset;

    /** Content that is in memory, but not in one array. */
    private final @Nullable List<ByteBuffer> pieces;

    private final Flow.@Nullable Publisher<ByteBuffer> publisher;
    private final long length;
    private final Supplier<Headers> trailers;

    private Body(
            byte @Nullable [] bytes,
            int offset,
            Flow.@Nullable Publisher<ByteBuffer> publisher,
            long length,
            Supplier<Headers> trailers) {
        this.bytes = bytes;
        this.offset = offset;
        this.pieces = null;
        this.publisher = publisher;
        this.length = length;
        this.trailers = trailers;
    }

    private Body(List<ByteBuffer> pieces, long length) {
        this.bytes = null;
        this.offset = 0;
        this.pieces = pieces;
        this.publisher = null;
        this.length = length;
        this.trailers = NO_TRAILERS;
    }

    /** No content. */
    public static Body empty() {
        return EMPTY;
    }

    /** Content held in memory. The array is not copied: the caller must not change it afterwards. */
    public static Body of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Body(bytes, 0, null, bytes.length, NO_TRAILERS);
    }

    /**
     * Content held in memory in pieces, as it came. They are not copied: nobody may change them afterwards.
     *
     * @throws IllegalArgumentException if they are longer than an array can be
     */
    public static Body of(List<ByteBuffer> pieces) {
        long length = pieces.stream().mapToLong(ByteBuffer::remaining).sum();
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("expected 2 GiB of content at most, got " + length + " bytes");
        }
        return length == 0 ? EMPTY : new Body(List.copyOf(pieces), length);
    }

    /** Text as UTF-8. */
    public static Body utf8(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Content that is read as it comes.
     *
     * @param publisher delivers the content to one subscriber; what it has delivered is the subscriber's, and not used again
     * @param length in bytes, or -1 if it is not known beforehand
     */
    public static Body stream(Flow.Publisher<ByteBuffer> publisher, long length) {
        return stream(publisher, length, NO_TRAILERS);
    }

    /**
     * Content that is read as it comes, with fields after it (RFC 9110 section 6.5).
     *
     * @param publisher delivers the content to one subscriber
     * @param length in bytes, or -1 if it is not known beforehand
     * @param trailers asked once all of the content was delivered; must not block
     */
    public static Body stream(Flow.Publisher<ByteBuffer> publisher, long length, Supplier<Headers> trailers) {
        if (length < -1) {
            throw new IllegalArgumentException("expected a length of -1 or more, got " + length);
        }
        return new Body(null, 0, publisher, length, trailers);
    }

    /** This stream as {@code other} delivers it, its length and trailers the same. */
    public Body through(Flow.Publisher<ByteBuffer> other) {
        return new Body(null, 0, other, length, trailers);
    }

    /**
     * The same content; if it is a stream, {@code action} runs once when that was read to its end, has broken off, or is not
     * wanted any more.
     *
     * @param action is given why it broke off; null if it did not
     */
    public Body whenOver(Consumer<@Nullable Throwable> action) {
        return publisher == null ? this : through(new Watched(publisher, action));
    }

    /** Whether the whole content is in memory, so that {@link #bytes()} may be called. */
    public boolean isBuffered() {
        return publisher == null;
    }

    /** The length in bytes, or -1 if it is not known beforehand. */
    public long length() {
        return length;
    }

    /**
     * The content: the caller must not change it. It is not copied, but for a {@link #slice} and for pieces; see
     * {@link #writeTo}.
     *
     * @throws IllegalStateException if this is a stream
     */
    public byte[] bytes() {
        byte[] all = buffered();
        return length == all.length ? all : Arrays.copyOfRange(all, offset, offset + (int) length);
    }

    /**
     * Part of this content, not copied, but for pieces.
     *
     * @param from where it begins, in bytes
     * @param size its length in bytes
     * @throws IndexOutOfBoundsException if it is not wholly within this content
     * @throws IllegalStateException if this is a stream
     */
    public Body slice(int from, int size) {
        byte[] all = buffered();
        Objects.checkFromIndexSize(from, size, (int) length);
        return size == 0 ? EMPTY : new Body(all, offset + from, null, size, NO_TRAILERS);
    }

    /**
     * Writes the content, not copied first.
     *
     * @throws IllegalStateException if this is a stream
     */
    public void writeTo(OutputStream out) throws IOException {
        if (pieces == null) {
            out.write(buffered(), offset, (int) length);
            return;
        }
        for (ByteBuffer piece : pieces) {
            if (piece.hasArray()) {
                out.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
            } else {
                byte[] copy = new byte[piece.remaining()];
                piece.duplicate().get(copy);
                out.write(copy);
            }
        }
    }

    /**
     * The content as a stream.
     *
     * @throws IllegalStateException if this is buffered; use {@link #bytes()} then
     */
    public Flow.Publisher<ByteBuffer> publisher() {
        if (publisher == null) {
            throw new IllegalStateException("expected a streamed body, this one is buffered");
        }
        return publisher;
    }

    /** The fields after a stream's end, once it has come to it; none if it is bytes. */
    public Headers trailers() {
        return trailers.get();
    }

    /** The content as UTF-8 text, for messages that are known to be small. */
    public String utf8() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    private byte[] buffered() {
        if (pieces != null) {
            ByteBuffer all = ByteBuffer.allocate((int) length);
            pieces.forEach(piece -> all.put(piece.duplicate()));
            return all.array();
        }
        if (bytes == null) {
            throw new IllegalStateException("expected a buffered body, this one is a stream");
        }
        return bytes;
    }

    @Override
    public String toString() {
        return isBuffered() ? length + " bytes" : "stream of " + (length < 0 ? "unknown length" : length + " bytes");
    }

    /** A stream whose end somebody waits for. */
    private static final class Watched implements Flow.Publisher<ByteBuffer> {
        private final Flow.Publisher<ByteBuffer> content;
        private final Consumer<@Nullable Throwable> action;
        private final AtomicBoolean over = new AtomicBoolean();

        Watched(Flow.Publisher<ByteBuffer> content, Consumer<@Nullable Throwable> action) {
            this.content = content;
            this.action = action;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            content.subscribe(new Reader(subscriber));
        }

        private void end(@Nullable Throwable failure) {
            if (over.compareAndSet(false, true)) {
                action.accept(failure);
            }
        }

        private final class Reader implements Flow.Subscriber<ByteBuffer> {
            private final Flow.Subscriber<? super ByteBuffer> reader;

            Reader(Flow.Subscriber<? super ByteBuffer> reader) {
                this.reader = reader;
            }

            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                reader.onSubscribe(new Flow.Subscription() {
                    @Override
                    public void request(long n) {
                        subscription.request(n);
                    }

                    @Override
                    public void cancel() {
                        subscription.cancel();
                        end(null);
                    }
                });
            }

            @Override
            public void onNext(ByteBuffer some) {
                reader.onNext(some);
            }

            @Override
            public void onError(Throwable failure) {
                end(failure);
                reader.onError(failure);
            }

            @Override
            public void onComplete() {
                end(null);
                reader.onComplete();
            }
        }
    }
}
