package dev.fanoutgateway.discovery;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.Message;
import org.xbill.DNS.io.IoClientFactory;
import org.xbill.DNS.io.TcpIoClient;
import org.xbill.DNS.io.UdpIoClient;

/**
 * Blocking sockets on the calling thread, one for each question, until one time for all. dnsjava's own ones share a thread that
 * lives as long as the process and holds on to an application that is undeployed.
 */
final class DnsSockets implements IoClientFactory, UdpIoClient, TcpIoClient {
    private final long deadlineNanos;

    DnsSockets(long deadlineNanos) {
        this.deadlineNanos = deadlineNanos;
    }

    @Override
    public TcpIoClient createOrGetTcpClient() {
        return this;
    }

    @Override
    public UdpIoClient createOrGetUdpClient() {
        return this;
    }

    @Override
    public CompletableFuture<byte[]> sendAndReceiveUdp(
            InetSocketAddress local, InetSocketAddress remote, Message query, byte[] data, int max, Duration timeout) {
        long end = end(timeout);
        try (DatagramSocket socket = new DatagramSocket()) { // from a random port
            socket.connect(remote); // takes datagrams of this server only
            socket.send(new DatagramPacket(data, data.length));
            byte[] buffer = new byte[Math.max(max, 512)];
            while (true) {
                DatagramPacket answer = new DatagramPacket(buffer, buffer.length);
                socket.setSoTimeout(leftMillis(end));
                socket.receive(answer);
                if (answers(data, buffer, answer.getLength())) {
                    return CompletableFuture.completedFuture(Arrays.copyOf(buffer, answer.getLength()));
                }
            }
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<byte[]> sendAndReceiveTcp(
            InetSocketAddress local, InetSocketAddress remote, Message query, byte[] data, Duration timeout) {
        long end = end(timeout);
        try (Socket socket = new Socket()) {
            socket.connect(remote, leftMillis(end));
            socket.setSoTimeout(leftMillis(end));
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(data.length + 2)
                            .putShort((short) data.length)
                            .put(data)
                            .array());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            for (int at = 0; at < answer.length; ) {
                socket.setSoTimeout(leftMillis(end));
                int read = in.read(answer, at, answer.length - at);
                if (read < 0) {
                    throw new IOException("cut short");
                }
                at += read;
            }
            return CompletableFuture.completedFuture(answer);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The same id, and a response: what else comes is a late answer to an earlier question, or somebody's guess. */
    private static boolean answers(byte[] question, byte[] answer, int length) {
        return length >= 12 && answer[0] == question[0] && answer[1] == question[1] && (answer[2] & 0x80) != 0;
    }

    private long end(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        return end - deadlineNanos < 0 ? end : deadlineNanos;
    }

    private static int leftMillis(long end) throws SocketTimeoutException {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        return (int) left;
    }
}
