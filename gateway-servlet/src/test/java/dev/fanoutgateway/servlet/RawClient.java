package dev.fanoutgateway.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends exact bytes, and may break off whenever it likes. */
record RawClient(Socket socket) implements AutoCloseable {
    static RawClient connect(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(10_000);
        return new RawClient(socket);
    }

    /** Sends lines, each with CR LF after it, and the empty line that ends a head. */
    RawClient head(String... lines) throws IOException {
        return text(String.join("\r\n", lines) + "\r\n\r\n");
    }

    RawClient text(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Everything until the server closes the connection. */
    String readToEnd() throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder all = new StringBuilder();
        byte[] some = new byte[4096];
        try {
            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                all.append(new String(some, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (java.net.SocketException e) {
            all.append("[reset]");
        }
        return all.toString();
    }

    /** Everything until the text has come. */
    String readUntil(String end) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder all = new StringBuilder();
        while (all.indexOf(end) < 0) {
            int b = in.read();
            if (b < 0) {
                return all + "[end]";
            }
            all.append((char) b);
        }
        return all.toString();
    }

    /** Breaks off with a reset instead of an orderly end. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
