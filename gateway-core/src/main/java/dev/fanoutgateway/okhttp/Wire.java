package dev.fanoutgateway.okhttp;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection that gives no byte to its reader but those of the answer to the request sent last. A backend that
 * sends more has its connection closed at once: on a pooled one, the rest would be taken for the answer to the next request.
 */
final class Wire {
    private final Socket socket;
    private final Socket below;
    private final @Nullable EarlyAnswer early;
    private final InputStream in;
    private final OutputStream out;
    private final Framing framing = new Framing();

    /** The head that is under way, if there are marks in it. */
    private @Nullable HeadOctets octets;

    private boolean used;
    private boolean surplus;

    /** @param socket connected; closed by this once it must not be used again */
    Wire(Socket socket) throws IOException {
        this(socket, socket);
    }

    /** @param below what TLS runs over */
    Wire(Socket socket, Socket below) throws IOException {
        this.socket = socket;
        this.below = below;
        this.early = socket == below ? new EarlyAnswer(socket.getInputStream(), this::endRequests) : null;
        this.in = new Answers(early == null ? socket.getInputStream() : early);
        this.out = new Requests(socket.getOutputStream());
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    /** Watches for an answer that comes before its request is sent; null over TLS, where a look might wait. */
    @Nullable
    EarlyAnswer early() {
        return early;
    }

    /** Whether more came than the last answer, as far as that has been read. */
    boolean hasSurplus() {
        return surplus;
    }

    /** See {@link Watched#oddValues}. */
    @Nullable
    List<String> oddValues() {
        return framing.oddValues();
    }

    /** See {@link Watched#sendOctets}. */
    void sendOctets() {
        octets = new HeadOctets();
    }

    /** Between two requests, whether there is anything to read: nothing was asked. */
    boolean isSpokenTo() {
        if (!used || !framing.isOver()) {
            return false;
        }
        try {
            return surplus || framing.fault() != null || isReadable();
        } catch (IOException e) {
            return true;
        }
    }

    /** Whether there is a byte to read, or the end: that only a read tells, and one that waits for neither is a channel's. */
    private boolean isReadable() throws IOException {
        if (below != socket && in.available() > 0) {
            return true; // TLS has it already
        }
        SocketChannel channel = below.getChannel();
        if (channel == null) {
            return below.getInputStream().available() > 0;
        }
        channel.configureBlocking(false);
        try {
            return channel.read(ByteBuffer.allocate(1)) != 0; // a byte that is lost is of a connection that is given up
        } finally {
            channel.configureBlocking(true);
        }
    }

    private void close() {
        try {
            socket.close();
        } catch (IOException e) {
            return; // it is gone in any case
        }
    }

    private void endRequests() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            return; // it is gone in any case
        }
    }

    private final class Answers extends FilterInputStream {
        Answers(InputStream source) {
            super(source);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int most) throws IOException {
            if (used && framing.isOver()) {
                return -1;
            }
            fail();
            int some = super.read(bytes, from, most);
            if (some < 0) {
                framing.end();
                return -1;
            }
            int taken = framing.take(bytes, from, from + some);
            if (taken == 0) {
                fail();
            }
            if (framing.isOver()) {
                surplus = taken < some || (some == most && super.available() > 0);
                if (surplus || framing.isLast()) {
                    close();
                }
            }
            return taken;
        }
    }

    /** What was in order before the fault has been given away. */
    private void fail() throws IOException {
        MisframedException fault = framing.fault();
        if (fault != null) {
            close();
            throw fault;
        }
    }

    private final class Requests extends FilterOutputStream {
        Requests(OutputStream sink) {
            super(sink);
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        /** The beginning of a request always comes with all of its method. */
        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (framing.isOver()) {
                used = true;
                framing.begin(isHead(bytes, from, length));
            }
            HeadOctets head = octets;
            if (head == null) {
                out.write(bytes, from, length);
                return;
            }
            out.write(head.sent(bytes, from, length));
            octets = head.isOver() ? null : head;
        }

        private static boolean isHead(byte[] bytes, int from, int length) {
            return length > 4
                    && bytes[from] == 'H'
                    && bytes[from + 1] == 'E'
                    && bytes[from + 2] == 'A'
                    && bytes[from + 3] == 'D'
                    && bytes[from + 4] == ' ';
        }
    }
}
