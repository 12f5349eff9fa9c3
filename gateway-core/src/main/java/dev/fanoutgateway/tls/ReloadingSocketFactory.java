package dev.fanoutgateway.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/** Makes every socket by what the files have at that time. */
final class ReloadingSocketFactory extends SSLSocketFactory {
    private final ReloadingTls tls;

    ReloadingSocketFactory(ReloadingTls tls) {
        this.tls = tls;
    }

    private SSLSocketFactory current() {
        return tls.context().getSocketFactory();
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return current().getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return current().getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket() throws IOException {
        return current().createSocket();
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return current().createSocket(socket, host, port, autoClose);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return current().createSocket(host, port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return current().createSocket(host, port, local, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return current().createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return current().createSocket(host, port, local, localPort);
    }
}
