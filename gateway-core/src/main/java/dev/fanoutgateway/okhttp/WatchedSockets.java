package dev.fanoutgateway.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import javax.net.SocketFactory;

/** Another factory's sockets, watched. */
final class WatchedSockets extends SocketFactory {
    private final SocketFactory sockets;

    WatchedSockets(SocketFactory sockets) {
        this.sockets = sockets;
    }

    /** The usual ones are those of channels, since only these tell without waiting whether there is something to read. */
    @Override
    public Socket createSocket() throws IOException {
        boolean usual = sockets == SocketFactory.getDefault();
        return new WatchedSocket(usual ? SocketChannel.open().socket() : sockets.createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return new WatchedSocket(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return new WatchedSocket(sockets.createSocket(host, port, local, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return new WatchedSocket(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return new WatchedSocket(sockets.createSocket(host, port, local, localPort));
    }
}
