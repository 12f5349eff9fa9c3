package dev.fanoutgateway.okhttp;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that speaks exactly the bytes a test tells it to, one thread for each connection. */
final class RawServer implements AutoCloseable {
    /** What is done with one connection; it is closed afterwards. */
    interface Conversation {
        void hold(Peer peer) throws Exception;
    }

    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Peer> peers = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    RawServer(Conversation conversation) throws IOException {
        socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        threads.execute(() -> accept(conversation));
    }

    /** Answers every request of a connection with these bytes. */
    static RawServer answering(String response) throws IOException {
        return new RawServer(peer -> {
            while (peer.request() != null) {
                peer.send(response);
            }
        });
    }

    /** Answers one request with these bytes and closes the connection. */
    static RawServer closingAfter(String response) throws IOException {
        return new RawServer(peer -> {
            peer.request();
            peer.send(response);
        });
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    int port() {
        return socket.getLocalPort();
    }

    /** All requests received, each with its content. */
    List<String> requests() {
        return requests;
    }

    int connections() {
        return peers.size();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Peer peer : peers) {
            peer.socket.close();
        }
        threads.shutdownNow();
    }

    private void accept(Conversation conversation) {
        try {
            while (true) {
                Peer peer = new Peer(socket.accept());
                peers.add(peer);
                threads.execute(() -> {
                    try (Socket closing = peer.socket) {
                        conversation.hold(peer);
                    } catch (Exception e) {
                        return; // the client has gone, or the test is over
                    }
                });
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    /** One connection, seen from the server. */
    final class Peer {
        private final Socket socket;
        private final InputStream in;

        private Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
        }

        /** The next request, head and content; null if the client has closed the connection. */
        String request() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int c = in.read();
                if (c < 0) {
                    return null;
                }
                head.append((char) c);
            }
            int length = 0;
            for (String line : head.toString().split("\r\n")) {
                if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(line.substring(15).trim());
                }
            }
            String request = head + new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
            requests.add(request);
            return request;
        }

        void send(String bytes) throws IOException {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        }

        void close() throws IOException {
            socket.close();
        }

        /** Nothing more is sent; the connection stays. */
        void endAnswer() throws IOException {
            socket.shutdownOutput();
        }

        /** Returns when the client has closed its side. */
        void awaitClose() throws IOException {
            while (in.read() >= 0) {
                // what else it sends is of no interest
            }
        }
    }
}
