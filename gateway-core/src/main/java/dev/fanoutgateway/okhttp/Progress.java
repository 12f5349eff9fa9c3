package dev.fanoutgateway.okhttp;

import java.net.InetSocketAddress;
import java.net.Proxy;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/** How far a call has come: what may be repeated depends on it. Connecting may happen on other threads. */
final class Progress extends EventListener {
    private volatile boolean connecting;
    private volatile boolean sent;
    private volatile boolean answered;
    private volatile boolean shared;
    private volatile @Nullable Watched watched;
    private volatile boolean octets;

    /** Begins again with another call for the same request; what has been sent stays sent. */
    void restart() {
        connecting = false;
    }

    /** The request has marks for octets: see {@link FieldOctets}. */
    void hasOctets() {
        octets = true;
    }

    /** Whether any byte of the request may have reached the backend. */
    boolean isSent() {
        return sent;
    }

    /** Whether the head of an answer has been read. */
    boolean isAnswered() {
        return answered;
    }

    /** Whether the request was sent over a connection that was there before, and no answer to it has been read. */
    boolean isUnansweredOnReusedConnection() {
        return sent && !connecting && !answered;
    }

    /** Whether the connection serves other calls at the same time: then cutting this one does not cost it. */
    boolean sharesConnection() {
        return shared;
    }

    /** Watches the connection for an answer that comes early; null if that cannot be told. */
    @Nullable
    EarlyAnswer early() {
        Watched connection = watched;
        return connection == null ? null : connection.early();
    }

    /** Whether the backend sent more than the answer, which has been read. */
    boolean hasSurplus() {
        Watched connection = watched;
        return connection != null && connection.hasSurplus();
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        Protocol protocol = connection.protocol();
        shared = protocol != Protocol.HTTP_1_1 && protocol != Protocol.HTTP_1_0;
        watched = !shared && connection.socket() instanceof Watched socket ? socket : null;
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        connecting = true;
    }

    @Override
    public void requestHeadersStart(Call call) {
        sent = true;
        Watched connection = watched;
        if (octets && connection != null) {
            connection.sendOctets();
        }
    }

    @Override
    public void responseHeadersStart(Call call) {
        answered = true;
    }
}
