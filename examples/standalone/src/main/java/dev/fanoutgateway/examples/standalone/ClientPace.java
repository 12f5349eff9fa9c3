package dev.fanoutgateway.examples.standalone;

import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.NegotiatingServerConnection;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * How quickly one client sends and takes, as seen by looks that are taken at it now and then. Used by one thread at a time.
 *
 * <p>What counts is only the time in which the server waits for the client: for the rest of a head, for content that is asked
 * for, for room to write. Silence and slowness of backends are not the client's.
 */
final class ClientPace {
    private final ClientLimits limits;
    private final Stretch content;
    private final Stretch answer;

    private long messages;
    private long before;

    /** When the head that is being read was first seen; 0 for none. */
    private long headSince;

    /** When it was first seen that TLS is not agreed on; 0 for never. */
    private long handshakeSince;

    ClientPace(ClientLimits limits) {
        this.limits = limits;
        content = new Stretch(limits);
        answer = new Stretch(limits);
    }

    /** Gives up a client that is too slow. */
    void look(WatchedEndPoint socket, long now) {
        if (handshakeTooSlow(socket, now)) {
            socket.close(new TimeoutException("the handshake of TLS takes longer than " + limits.head()));
            return;
        }
        HttpConnection http = http(socket);
        if (http != null && headTooSlow(http, now)) {
            socket.close(new TimeoutException("the head of a request takes longer than " + limits.head()));
            return;
        }
        if (limits.rate() == 0) {
            return;
        }
        if (answer.tooSlow(socket.getWriteFlusher().isPending(), socket.taken(), now)) {
            socket.close(new TimeoutException("an answer is taken too slowly"));
        } else if (http != null && content.tooSlow(isAwaitingContent(http), http.getBytesIn(), now)) {
            socket.onIdleExpired(new TimeoutException("the content of a request comes too slowly"));
        }
    }

    /** Whether it waits for a request, and nothing of one has come. */
    boolean isIdle(WatchedEndPoint socket) {
        HttpConnection http = http(socket);
        return http != null && http.getParser().isStart() && headSince == 0;
    }

    private boolean handshakeTooSlow(EndPoint socket, long now) {
        boolean under = socket.getConnection() instanceof SslConnection
                && protocol(socket) instanceof NegotiatingServerConnection;
        if (!under || handshakeSince == 0) {
            handshakeSince = under ? now : 0;
            return false;
        }
        return now - handshakeSince > limits.head().toNanos();
    }

    private boolean headTooSlow(HttpConnection http, long now) {
        HttpParser parser = http.getParser();
        long come = http.getBytesIn();
        boolean another = http.getMessagesIn() != messages;
        boolean begun = parser.inHeaderState() && (!parser.isStart() || !another && come != before);
        messages = http.getMessagesIn();
        if (!begun || another) {
            before = come;
            headSince = begun ? now : 0;
            return false;
        }
        if (headSince == 0) {
            headSince = now;
        }
        return now - headSince > limits.head().toNanos();
    }

    /** Nothing else is waited for while a request is there. */
    private static boolean isAwaitingContent(HttpConnection http) {
        return http.getParser().inContentState() && http.getEndPoint().isFillInterested();
    }

    private static @Nullable HttpConnection http(EndPoint socket) {
        return protocol(socket) instanceof HttpConnection http ? http : null;
    }

    /** What is spoken, within TLS if there is TLS. */
    private static Connection protocol(EndPoint socket) {
        Connection connection = socket.getConnection();
        return connection instanceof SslConnection tls ? tls.getSslEndPoint().getConnection() : connection;
    }

    /** A stretch of time in which the server waits for bytes to move. */
    private static final class Stretch {
        private final ClientLimits limits;
        private boolean waiting;
        private long since;
        private long from;

        Stretch(ClientLimits limits) {
            this.limits = limits;
        }

        boolean tooSlow(boolean waits, long bytes, long now) {
            if (!waits || !waiting) {
                begin(waits, bytes, now);
                return false;
            }
            long nanos = now - since;
            if (nanos < limits.window().toNanos()) {
                return false;
            }
            boolean slow = bytes - from < limits.rate() * (nanos / 1e9);
            begin(true, bytes, now);
            return slow;
        }

        private void begin(boolean waits, long bytes, long now) {
            waiting = waits;
            from = bytes;
            since = now;
        }
    }
}
