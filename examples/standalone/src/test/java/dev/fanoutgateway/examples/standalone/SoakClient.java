package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.examples.standalone.SoakConnection.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One client of a soak: asks one thing after the other on a connection that it keeps, and judges every answer. Used by one
 * thread.
 */
final class SoakClient {
    private static final Set<Integer> FAILURES = Set.of(502, 503, 504);
    private static final int NAMES = 12;

    /** Well within the gateway's idle timeout, after which a connection may end at any time. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final int port;
    private final SoakAccount account;
    private final SoakFindings findings;
    private final Lock gate;
    private final Random random;
    private final String id;
    private final boolean checksVersions;
    private int number;
    private long used;
    private String last = "nothing";
    private String doing = "";
    private @Nullable SoakConnection connection;

    /**
     * @param gate held while a request is under way
     * @param checksVersions whether what was changed must not be seen as it was before
     */
    SoakClient(int port, SoakAccount account, SoakFindings findings, Lock gate, boolean checksVersions, long seed) {
        this.port = port;
        this.account = account;
        this.findings = findings;
        this.gate = gate;
        this.checksVersions = checksVersions;
        random = new Random(seed);
        id = account.key + Long.toString(seed & 0xffff, 36);
    }

    /** Something each client does, one request or a few. */
    interface Work {
        void run() throws IOException;
    }

    /** Goes on until {@code end}. */
    void run(Work work, CountDownLatch end) throws InterruptedException {
        while (!end.await(1 + random.nextInt(8), TimeUnit.MILLISECONDS)) {
            gate.lock();
            try {
                if (System.nanoTime() - used > KEPT_NANOS) {
                    drop();
                }
                work.run();
            } catch (IOException | RuntimeException e) {
                findings.wrong(id + "-" + number + ": " + e + "; before that: " + last);
                account.unknown.increment();
                drop();
            } finally {
                used = System.nanoTime();
                gate.unlock();
            }
        }
        drop();
    }

    /** A mix of everything that has one answer. */
    void mixed() throws IOException {
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> told("GET", "/u/" + next(), new byte[0]);
            case 3, 4 -> told("GET", "/p/" + next(), new byte[0]);
            case 5, 6, 7 -> cached();
            case 8 -> told("HEAD", random.nextBoolean() ? "/u/" + next() : name(), new byte[0]);
            case 9 -> told("POST", "/u/" + next(), bytes(random.nextInt(2_000)));
            case 10 -> told("POST", "/u/" + next(), bytes(70_000 + random.nextInt(200_000)));
            case 11 -> changed();
            case 12 -> pipelined();
            default -> refused();
        }
    }

    /** An answer that streams; it may break off, but not with other content. */
    void streamed() throws IOException {
        String target = "/s/" + next() + "/" + random.nextInt(300_000);
        connected().send(request("GET", target, account.key, 0));
        Reply reply = answered("stream", false);
        byte[] expected = SoakOrigin.stream(target);
        int length = reply.content().length;
        if (reply.status() == 200
                && (reply.whole() && length != expected.length
                        || length > expected.length
                        || !java.util.Arrays.equals(reply.content(), java.util.Arrays.copyOf(expected, length)))) {
            findings.wrong("the stream " + target + " has other content, of " + length);
        }
    }

    /** Asks, and leaves somewhere in between. */
    void leaving() throws IOException {
        try (SoakConnection leaving = new SoakConnection(port)) {
            byte[] content = bytes(random.nextInt(100_000));
            boolean post = random.nextBoolean();
            String target = (random.nextBoolean() ? "/u/" : "/s/") + next() + "/50000";
            account.unknown.increment();
            leaving.send(request(post ? "POST" : "GET", target, account.key, post ? content.length : 0));
            if (post) {
                leaving.sendMore(content, 0, random.nextInt(content.length + 1));
            }
            for (int spin = random.nextInt(100_000); spin > 0; spin--) {
                Thread.onSpinWait();
            }
            leaving.leave(random.nextBoolean());
            findings.answer("leaving", "left");
        } catch (IOException gone) {
            findings.answer("leaving", "refused early");
        }
    }

    private void cached() throws IOException {
        String name = name();
        int least = findings.changed().getOrDefault(name, 0);
        Reply reply = told("GET", name, new byte[0]);
        if (checksVersions && reply.status() == 200 && version(reply) < least) {
            findings.wrong(
                    name + " was changed to " + least + ", and then is still " + version(reply) + " " + reply.fields());
        }
    }

    /** An unsafe method, which makes what is stored invalid (RFC 9111 section 4.4). */
    private void changed() throws IOException {
        String name = name();
        Reply reply = told("POST", name, bytes(10));
        if (reply.status() == 200) {
            findings.changed().merge(name, version(reply), Math::max);
        }
    }

    private void pipelined() throws IOException {
        String[] targets = {"/u/" + next(), "/p/" + next(), name()};
        StringBuilder all = new StringBuilder();
        for (String target : targets) {
            all.append(new String(request("GET", target, account.key, 0), StandardCharsets.ISO_8859_1));
        }
        connected().send(all.toString().getBytes(StandardCharsets.ISO_8859_1));
        for (String target : targets) {
            check(target, new byte[0], answered("pipelined", false));
        }
    }

    private void refused() throws IOException {
        connected().send(request("GET", "/u/" + next(), "wrong", 0));
        Reply reply = connected().receive(false);
        findings.answer("wrong key", reply.status());
        if (reply.status() != 401 && reply.status() != 429) {
            findings.wrong("a wrong key was answered " + reply.status());
        }
        dropIfOver(reply);
    }

    private Reply told(String method, String target, byte[] content) throws IOException {
        SoakConnection to = connected();
        to.send(request(method, target, account.key, content.length));
        Thread sending = null;
        if (content.length > 0) { // an answer may come before all of it is sent
            sending = new Thread(() -> send(to, content), "upload");
            sending.setDaemon(true);
            sending.start();
        }
        String kind = content.length > 64 << 10 ? "large " + method : method;
        Reply reply = answered(target.startsWith("/c/") ? kind + " cached" : kind, method.equals("HEAD"));
        if (!method.equals("HEAD")) {
            check(target, content, reply);
        }
        await(sending);
        return reply;
    }

    private Reply answered(String kind, boolean head) throws IOException {
        Reply reply = connected().receive(head);
        account.count(reply);
        doing = kind;
        findings.answer(kind, reply.status() + (reply.whole() ? "" : " broken off"));
        boolean late = reply.status() == 408 && kind.contains("POST"); // where the machine has no time for this client
        if (reply.status() != 200 && !late && !FAILURES.contains(reply.status())) {
            findings.wrong(kind + " was answered " + reply.status() + " " + reply.text());
        }
        if (!reply.whole() && !kind.equals("stream")) {
            findings.wrong(kind + " broke off after " + reply.content().length + " bytes");
        }
        if (reply.status() != 200 && !head && !reply.text().contains("\"reason\": \"")) {
            findings.wrong(kind + " " + reply.status() + " gives no reason: " + reply.text());
        }
        dropIfOver(reply);
        return reply;
    }

    private void check(String target, byte[] content, Reply reply) {
        if (reply.status() != 200) {
            return;
        }
        CRC32 sum = new CRC32();
        sum.update(content);
        String text = reply.text();
        boolean own = target.startsWith("/c/") || text.contains("\"caller\": \"" + account.key + "\"");
        boolean same = text.contains("\"length\": %d, \"crc\": %d".formatted(content.length, sum.getValue()));
        if (!own || !same || !text.contains("\"target\": \"" + target + "\"")) {
            findings.wrong(target + " of " + account.key + " was given another's answer: " + text);
        }
    }

    private static int version(Reply reply) {
        return Integer.parseInt(reply.text().replaceAll("(?s).*\"version\": (\\d+).*", "$1"));
    }

    private static void send(SoakConnection to, byte[] content) {
        try {
            to.sendMore(content, 0, content.length);
        } catch (IOException answeredBefore) {
            return;
        }
    }

    private static void await(@Nullable Thread sending) throws IOException {
        try {
            if (sending != null) {
                sending.join();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private SoakConnection connected() throws IOException {
        SoakConnection open = connection;
        if (open == null) {
            open = new SoakConnection(port);
            connection = open;
        }
        return open;
    }

    private void dropIfOver(Reply reply) {
        last = doing + " " + reply.status() + " " + reply.fields();
        if (reply.closes()) {
            drop();
        }
    }

    private void drop() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (IOException e) {
            findings.wrong("closing: " + e);
        }
        connection = null;
    }

    private String name() {
        return "/c/" + (checksVersions ? "a" : "b") + random.nextInt(NAMES);
    }

    private String next() {
        return id + "-" + ++number;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] request(String method, String target, String key, int length) {
        String content = method.equals("POST") ? "Content-Length: " + length + "\r\n" : "";
        return "%s %s HTTP/1.1\r\nHost: soak\r\nX-API-Key: key-of-%s\r\n%s\r\n"
                .formatted(method, target, key, content)
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
