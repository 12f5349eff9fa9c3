package dev.fanoutgateway.examples.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A backend on a port of its own, one thread for each connection, that can fall ill in several ways. Its answers may not be
 * shared.
 */
final class Replica implements AutoCloseable {
    private static final long MEAN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final byte[] GARBAGE = ascii("lorem ipsum dolor\r\n\r\n");
    private static final byte[] UNAVAILABLE = ascii("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    private static final byte[] HEAD =
            ascii("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: private\r\nContent-Length: "
                    + FixedServlet.BODY.length + "\r\n\r\n");
    private static final byte[] ANSWER = joined(HEAD, FixedServlet.BODY, FixedServlet.BODY.length);
    private static final byte[] LAST = joined(
            ascii("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
                    + FixedServlet.BODY.length + "\r\n\r\n"),
            FixedServlet.BODY,
            FixedServlet.BODY.length);
    private static final byte[] HALF = joined(HEAD, FixedServlet.BODY, FixedServlet.BODY.length / 2);

    /** What ails a replica. */
    enum Illness {
        NONE,
        KILLED,
        HUNG,
        /** One reply in a hundred takes 500 ms. */
        SLOW,
        GARBAGE,
        CUT_SHORT,
        ANSWERS_503
    }

    private final ServerSocket socket;
    private final AtomicLong connections = new AtomicLong();
    private final Collection<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Illness illness = Illness.NONE;
    private volatile boolean draining;

    Replica() throws IOException {
        this(0);
    }

    /** @param port 0 for any that is free */
    Replica(int port) throws IOException {
        socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        run("replica", this::accept);
    }

    /** What another JVM runs: prints its port, and drains when it is told to end. */
    static void main(String[] args) throws IOException, InterruptedException {
        Replica replica = new Replica(Integer.parseInt(args[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(replica::drain, "drain"));
        System.out.println(replica.socket.getLocalPort());
        System.out.flush();
        new CountDownLatch(1).await(); // until a signal comes
    }

    /** Takes no more connections, and ends those that there are with their next answers. */
    private void drain() {
        draining = true;
        try {
            socket.close();
        } catch (IOException e) {
            return;
        }
        for (int i = 0; i < 200 && !open.isEmpty(); i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    /** How many connections were made to it. */
    long connections() {
        return connections.get();
    }

    void fallIll(Illness with) throws IOException {
        illness = with;
        if (with == Illness.KILLED) {
            close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket peer = socket.accept();
                connections.incrementAndGet();
                open.add(peer);
                run("peer", () -> serve(peer));
            }
        } catch (IOException e) {
            return; // killed
        }
    }

    private void serve(Socket peer) {
        try (Socket closing = peer) {
            closing.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(closing.getInputStream(), 4_096);
            OutputStream out = closing.getOutputStream();
            while (readHead(in) && answer(in, out)) {
                // the next request
            }
        } catch (IOException e) {
            return; // the gateway has cut it
        } finally {
            open.remove(peer);
        }
    }

    /** Whether the connection goes on. */
    private boolean answer(InputStream in, OutputStream out) throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        boolean last = draining;
        LockSupport.parkNanos((long) (-MEAN_NANOS * Math.log1p(-random.nextDouble())));
        switch (illness) {
            case HUNG -> in.transferTo(OutputStream.nullOutputStream()); // until the gateway cuts it
            case SLOW -> {
                if (random.nextInt(100) == 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
                }
                out.write(ANSWER);
            }
            case GARBAGE -> out.write(GARBAGE);
            case CUT_SHORT -> out.write(HALF);
            case ANSWERS_503 -> out.write(UNAVAILABLE);
            default -> out.write(last ? LAST : ANSWER);
        }
        return !last && illness != Illness.CUT_SHORT && illness != Illness.GARBAGE && illness != Illness.HUNG;
    }

    private static boolean readHead(InputStream in) throws IOException {
        int newlines = 0;
        for (int c = in.read(); c >= 0; c = in.read()) {
            newlines = c == '\n' ? newlines + 1 : c == '\r' ? newlines : 0;
            if (newlines == 2) {
                return true;
            }
        }
        return false;
    }

    private static void run(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] joined(byte[] head, byte[] body, int length) {
        byte[] all = Arrays.copyOf(head, head.length + length);
        System.arraycopy(body, 0, all, head.length, length);
        return all;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket peer : Set.copyOf(open)) {
            peer.close();
        }
    }
}
