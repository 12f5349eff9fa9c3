package dev.fanoutgateway.examples.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Stands before a server on this machine, and spoils the traffic with it as it is told. Safe for use by any thread. */
final class FaultProxy implements AutoCloseable {
    private static final long DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    /** What is spoilt. */
    enum Fault {
        NONE,
        /** The server is gone: all connections are reset, new ones refused. */
        KILLED,
        /** All connections are reset once; the server is there again at once. */
        RESTARTED,
        /** Connections are accepted, and nothing comes through. */
        STALLED,
        /** Only the beginning of what the server sends comes through. */
        STALLED_MIDWAY,
        /** The same, and then the connection is reset. */
        CUT_MIDWAY,
        /** Each piece of data takes 30 ms longer. */
        SLOW
    }

    private final int target;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Object changed = new Object();
    private volatile Fault fault = Fault.NONE;
    private volatile int midway;
    private volatile boolean closed;
    private volatile ServerSocket server;

    FaultProxy(int target) throws IOException {
        this.target = target;
        server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        port = server.getLocalPort();
        run(this::accept);
    }

    int port() {
        return port;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** @param bytes after how many bytes of a piece midway is */
    void become(Fault wanted, int bytes) throws IOException {
        midway = bytes;
        fault = wanted;
        if (wanted == Fault.KILLED) {
            server.close();
        }
        if (wanted == Fault.KILLED || wanted == Fault.RESTARTED) {
            open.forEach(FaultProxy::reset);
        }
        synchronized (changed) {
            changed.notifyAll();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = server.accept();
                run(() -> serve(client));
            } catch (IOException e) {
                awaitEndOf(Fault.KILLED);
                listenAgain();
            }
        }
    }

    /** Where another socket has taken the port meanwhile, the server stays away a little longer. */
    private void listenAgain() {
        while (!closed && server.isClosed()) {
            try {
                ServerSocket again = new ServerSocket();
                again.setReuseAddress(true);
                again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
                server = again;
            } catch (IOException taken) {
                LockSupport.parkNanos(DELAY_NANOS);
            }
        }
        if (closed) {
            reset(server);
        }
    }

    private void serve(Socket client) {
        open.add(client);
        awaitEndOf(Fault.STALLED);
        try (Socket there = new Socket(InetAddress.getLoopbackAddress(), target)) {
            open.add(there);
            client.setTcpNoDelay(true);
            there.setTcpNoDelay(true);
            run(() -> pump(client, there, false));
            pump(there, client, true);
        } catch (IOException gone) {
            reset(client);
        }
    }

    private void pump(Socket from, Socket to, boolean answers) {
        byte[] some = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                awaitEndOf(Fault.STALLED);
                Fault now = fault;
                int first = answers && (now == Fault.STALLED_MIDWAY || now == Fault.CUT_MIDWAY) ? midway % n : 0;
                if (first > 0) {
                    out.write(some, 0, first);
                    if (now == Fault.CUT_MIDWAY) {
                        reset(from);
                        reset(to);
                        return;
                    }
                    awaitEndOf(Fault.STALLED_MIDWAY);
                }
                if (now == Fault.SLOW) {
                    LockSupport.parkNanos(DELAY_NANOS);
                }
                out.write(some, first, n - first);
            }
        } catch (IOException gone) {
            reset(to);
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void awaitEndOf(Fault waited) {
        synchronized (changed) {
            while (fault == waited && !closed) {
                try {
                    changed.wait();
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException gone) {
            return;
        }
    }

    private static void reset(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            return;
        }
    }

    private static void run(Runnable work) {
        Thread thread = new Thread(work, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        try {
            become(Fault.KILLED, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
