package dev.fanoutgateway.discovery;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A name server on loopback sockets, UDP and TCP on one port, written out by hand (RFC 1035). */
public final class DnsServer implements AutoCloseable {
    private static final int A = 1;
    private static final int CNAME = 5;
    private static final int AAAA = 28;
    private static final int SRV = 33;

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Map<String, List<Answer>> zone = new ConcurrentHashMap<>();
    private final List<String> questions = new CopyOnWriteArrayList<>();
    private volatile Mood mood = Mood.WELL;

    /** How it answers. */
    public enum Mood {
        WELL,
        SILENT,
        /** SERVFAIL. */
        FAILING,
        /** REFUSED. */
        REFUSING,
        /** By UDP only the beginning, and a note that there is more. */
        TRUNCATING,
        /** Truncating, and silent by TCP. */
        TRUNCATING_ONLY,
        /** First a datagram with another id and one that is garbage. */
        GUESSED_AT,
        /** A datagram that is no message. */
        GARBLING
    }

    private record Answer(int type, int ttl, byte[] data) {}

    public DnsServer() throws IOException {
        ServerSocket connections = null;
        DatagramSocket datagrams = null;
        for (int i = 0; datagrams == null; i++) {
            connections = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            try {
                datagrams = new DatagramSocket(connections.getLocalPort(), InetAddress.getLoopbackAddress());
            } catch (BindException e) { // somebody has that port by UDP
                connections.close();
                if (i == 50) {
                    throw e;
                }
            }
        }
        tcp = connections;
        udp = datagrams;
        begin(this::answerDatagrams);
        begin(this::answerConnections);
    }

    private static void begin(Runnable task) {
        Thread thread = new Thread(task, "name server");
        thread.setDaemon(true);
        thread.start();
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), udp.getLocalPort());
    }

    /** What it was asked so far, such as {@code udp A api.test.}. */
    public List<String> questions() {
        return questions;
    }

    public DnsServer mood(Mood other) {
        mood = other;
        return this;
    }

    /** Knows nothing any more. */
    public DnsServer clear() {
        zone.clear();
        return this;
    }

    /** A name that exists, and has nothing. */
    public DnsServer empty(String name) {
        zone.put(name, List.of());
        return this;
    }

    public DnsServer address(String name, int ttl, String... addresses) throws IOException {
        for (String text : addresses) {
            byte[] address = InetAddress.getByName(text).getAddress();
            add(name, new Answer(address.length == 4 ? A : AAAA, ttl, address));
        }
        return this;
    }

    public DnsServer alias(String name, int ttl, String target) throws IOException {
        return add(name, new Answer(CNAME, ttl, name(target)));
    }

    public DnsServer service(String name, int ttl, int priority, int weight, int port, String target)
            throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(data);
        out.writeShort(priority);
        out.writeShort(weight);
        out.writeShort(port);
        out.write(name(target));
        return add(name, new Answer(SRV, ttl, data.toByteArray()));
    }

    private DnsServer add(String name, Answer answer) {
        zone.merge(name, List.of(answer), (before, added) -> {
            List<Answer> both = new ArrayList<>(before);
            both.addAll(added);
            return both;
        });
        return this;
    }

    private void answerDatagrams() {
        byte[] buffer = new byte[1500];
        while (true) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()), false);
                if (mood == Mood.GUESSED_AT) {
                    byte[] other = answer.clone();
                    other[1] ^= 1;
                    send(other, packet);
                    send(new byte[] {answer[0], answer[1], 3}, packet);
                }
                if (mood == Mood.GARBLING) {
                    answer = new byte[] {answer[0], answer[1], (byte) 0x80, 0, 0, 1, 0, 9, 0, 0, 0, 0, 63, 1};
                }
                send(answer, packet);
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void send(byte[] answer, DatagramPacket to) throws IOException {
        if (answer.length > 0) {
            udp.send(new DatagramPacket(answer, answer.length, to.getSocketAddress()));
        }
    }

    private void answerConnections() {
        while (true) {
            try {
                Socket socket = tcp.accept();
                begin(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            DataInputStream in = new DataInputStream(connection.getInputStream());
            byte[] query = new byte[in.readUnsignedShort()];
            in.readFully(query);
            byte[] answer = answer(query, true);
            if (answer.length == 0) {
                in.read(); // until the other side gives up
                return;
            }
            DataOutputStream out = new DataOutputStream(connection.getOutputStream());
            out.writeShort(answer.length);
            out.write(answer, 0, 5); // in pieces, as it may come
            out.flush();
            out.write(answer, 5, answer.length - 5);
        } catch (IOException gone) {
            // its business
        }
    }

    private byte[] answer(byte[] query, boolean byTcp) throws IOException {
        int at = 12;
        StringBuilder name = new StringBuilder();
        while (query[at] != 0) {
            name.append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII))
                    .append('.');
            at += query[at] + 1;
        }
        int type = query[at + 2];
        int end = at + 5;
        questions.add((byTcp ? "tcp " : "udp ")
                + Map.of(A, "A", AAAA, "AAAA", SRV, "SRV").get(type) + " " + name);
        if (mood == Mood.SILENT || (mood == Mood.TRUNCATING_ONLY && byTcp)) {
            return new byte[0];
        }
        boolean truncated = !byTcp && (mood == Mood.TRUNCATING || mood == Mood.TRUNCATING_ONLY);
        List<Answer> known = zone.get(name.substring(0, name.length() - 1));
        List<Answer> records = known == null || mood == Mood.FAILING || mood == Mood.REFUSING
                ? List.of()
                : known.stream()
                        .filter(answer -> answer.type == type || answer.type == CNAME)
                        .limit(truncated ? 1 : Integer.MAX_VALUE)
                        .toList();
        int code = mood == Mood.FAILING ? 2 : mood == Mood.REFUSING ? 5 : known == null ? 3 : 0;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(query, 0, 2);
        out.writeShort(0x8180 | (truncated ? 0x0200 : 0) | code);
        out.writeShort(1);
        out.writeShort(records.size());
        out.writeInt(0);
        out.write(query, 12, end - 12);
        for (Answer record : records) {
            out.writeShort(0xc00c); // the name of the question
            out.writeShort(record.type);
            out.writeShort(1);
            out.writeInt(record.ttl);
            out.writeShort(record.data.length);
            out.write(record.data);
        }
        return bytes.toByteArray();
    }

    private static byte[] name(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (!text.isEmpty()) {
            for (String label : text.split("\\.")) {
                out.write(label.length());
                out.write(label.getBytes(StandardCharsets.US_ASCII));
            }
        }
        out.write(0);
        return out.toByteArray();
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}
