package dev.fanoutgateway.okhttp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A TLS socket of another factory's whose streams are watched unless they are HTTP/2's; all else is that socket's. */
final class WatchedSslSocket extends DelegatingSslSocket implements Watched {
    private final Socket below;
    private @Nullable Wire wire;

    /** @param below what TLS runs over */
    WatchedSslSocket(SSLSocket socket, Socket below) {
        super(socket);
        this.below = below;
    }

    @Override
    public @Nullable Wire watching() {
        return wire;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return isHttp2() ? socket.getInputStream() : wire().in();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return isHttp2() ? socket.getOutputStream() : wire().out();
    }

    private boolean isHttp2() {
        return "h2".equals(socket.getApplicationProtocol());
    }

    private synchronized Wire wire() throws IOException {
        if (wire == null) {
            wire = new Wire(socket, below);
        }
        return wire;
    }

    /** As OkHttp asks it before it uses a connection again: then there must be nothing to read. */
    @Override
    public boolean isInputShutdown() {
        return socket.isInputShutdown() || (wire != null && wire.isSpokenTo());
    }
}
