package dev.fanoutgateway.discovery;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;

/**
 * One name server, asked once by blocking sockets on the calling thread: by UDP, and by TCP if the answer is too long for that.
 * Where it says that it cannot or will not answer, that is a failure, and the next is asked. dnsjava's own sockets share a
 * thread that lives as long as the process and holds on to an application that is undeployed.
 */
final class DnsServerOnce extends SimpleResolver {
    /** What passes everywhere without fragments: the DNS flag day's of 2020. */
    private static final int LARGEST_DATAGRAM = 1_232;

    private final InetSocketAddress address;
    private final long patienceNanos;
    private final long deadlineNanos;

    /**
     * @param patienceNanos for an answer
     * @param deadlineNanos on {@link System#nanoTime()}, for all questions together
     */
    DnsServerOnce(InetSocketAddress address, long patienceNanos, long deadlineNanos) {
        super(address);
        this.address = address;
        this.patienceNanos = patienceNanos;
        this.deadlineNanos = deadlineNanos;
    }

    @Override
    public CompletionStage<Message> sendAsync(Message query) {
        return sendAsync(query, Runnable::run);
    }

    @Override
    public CompletionStage<Message> sendAsync(Message query, Executor executor) {
        try {
            Message question = query.clone();
            question.addRecord(new OPTRecord(LARGEST_DATAGRAM, 0, 0), Section.ADDITIONAL);
            long end = System.nanoTime() + patienceNanos;
            long limit = end - deadlineNanos < 0 ? end : deadlineNanos;
            Message answer = byDatagram(question, limit);
            if (answer.getHeader().getFlag(Flags.TC)) {
                answer = byConnection(question, limit);
            }
            int code = answer.getRcode();
            if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
                throw new Unwilling(Rcode.string(code));
            }
            return CompletableFuture.completedFuture(answer);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Message byDatagram(Message question, long limit) throws IOException {
        byte[] data = question.toWire();
        byte[] buffer = new byte[LARGEST_DATAGRAM];
        try (DatagramSocket socket = new DatagramSocket()) { // from a random port
            socket.connect(address); // takes datagrams of this server only
            socket.send(new DatagramPacket(data, data.length));
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.setSoTimeout(leftMillis(limit));
                socket.receive(packet);
                Message answer = parsed(Arrays.copyOf(buffer, packet.getLength()));
                if (answer != null && answers(question, answer)) {
                    return answer;
                }
            }
        }
    }

    private Message byConnection(Message question, long limit) throws IOException {
        byte[] data = question.toWire();
        try (Socket socket = new Socket()) {
            socket.connect(address, leftMillis(limit));
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(data.length + 2)
                            .putShort((short) data.length)
                            .put(data)
                            .array());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            socket.setSoTimeout(leftMillis(limit));
            byte[] bytes = new byte[in.readUnsignedShort()];
            for (int at = 0; at < bytes.length; ) {
                socket.setSoTimeout(leftMillis(limit));
                int read = in.read(bytes, at, bytes.length - at);
                if (read < 0) {
                    throw new IOException("cut short");
                }
                at += read;
            }
            Message answer = parsed(bytes);
            if (answer == null || !answers(question, answer)) {
                throw new IOException("no answer to the question");
            }
            return answer;
        }
    }

    private static @Nullable Message parsed(byte[] bytes) {
        try {
            return new Message(bytes);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /** What else comes is a late answer to an earlier question, or somebody's guess. */
    private static boolean answers(Message question, Message answer) {
        Record asked = answer.getQuestion();
        return answer.getHeader().getID() == question.getHeader().getID()
                && answer.getHeader().getFlag(Flags.QR)
                && (asked == null ? answer.getRcode() != Rcode.NOERROR : asked.equals(question.getQuestion()));
    }

    private static int leftMillis(long limit) throws SocketTimeoutException {
        long left = TimeUnit.NANOSECONDS.toMillis(limit - System.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        return (int) left;
    }

    /** What a name server says in place of an answer, such as {@code SERVFAIL}. */
    static final class Unwilling extends IOException {
        private static final long serialVersionUID = 1;

        Unwilling(String code) {
            super(code);
        }
    }
}
