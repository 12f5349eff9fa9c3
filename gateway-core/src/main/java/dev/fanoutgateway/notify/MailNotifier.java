package dev.fanoutgateway.notify;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevNotifier;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Tells the developers by e-mail over SMTP (RFC 5321), one connection per message, on the calling thread. Needs
 * {@code jakarta.mail:jakarta.mail-api} and {@code org.eclipse.angus:angus-mail} on the class path. Safe for use by any
 * thread.
 *
 * <p>Text from outside cannot reach the header as more than one line. The password appears in no text and no exception. A
 * message that some recipients' addresses keep from being accepted is delivered to the others, and that is logged.
 */
public final class MailNotifier implements DevNotifier, AutoCloseable {
    /** How the connection is secured. With either kind of TLS, the server's certificate must name its host. */
    public enum Tls {
        /** Not at all: for a relay on the same host. */
        NONE,
        /** By STARTTLS (RFC 3207); a server that does not offer it gets no mail. */
        STARTTLS,
        /** From the first byte (RFC 8314 section 3.3). */
        SMTPS
    }

    private final SmtpSender sender;
    private final String description;
    private volatile boolean closed;

    private MailNotifier(SmtpSender sender, String description) {
        this.sender = sender;
        this.description = description;
    }

    /** A builder: port 587 with STARTTLS, 5 s to connect, 10 s for each answer and for each write. */
    public static Builder builder() {
        return new Builder();
    }

    /** Sends {@code message}; blocks until the server has taken or refused it, or a timeout has passed. */
    @Override
    public CompletionStage<@Nullable Void> notify(DevMessage message) {
        if (closed) {
            return CompletableFuture.failedFuture(new IOException("this mail notifier is closed"));
        }
        try {
            sender.send(message);
            return CompletableFuture.completedFuture(null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Sends no more; a message that is being sent is finished. */
    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return description;
    }

    /** Collects settings; each is checked when it is given. Not safe for use by several threads. */
    public static final class Builder {
        private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

        @Nullable
        String host;

        int port = 587;

        @Nullable
        String username;

        @Nullable
        String password;

        Tls tls = Tls.STARTTLS;

        @Nullable
        SSLContext sslContext;

        @Nullable
        String from;

        final List<String> to = new ArrayList<>();
        String subjectPrefix = "[gateway] ";
        Duration connectTimeout = Duration.ofSeconds(5);
        Duration readTimeout = Duration.ofSeconds(10);
        Duration writeTimeout = Duration.ofSeconds(10);

        private Builder() {}

        /** The server's name or address. */
        public Builder host(String name) {
            host = line("a host", name);
            return this;
        }

        /** The server's port, 1 to 65535. */
        public Builder port(int number) {
            if (number < 1 || number > 65_535) {
                throw new IllegalArgumentException("expected a port from 1 to 65535, got " + number);
            }
            port = number;
            return this;
        }

        /** Who logs in, by SMTP AUTH (RFC 4954), together with {@link #password}; without both, nobody does. */
        public Builder username(String name) {
            username = line("a user name", name);
            return this;
        }

        /** What {@link #username} logs in with; never shown. */
        public Builder password(String secret) {
            if (secret.isEmpty() || hasControl(secret)) {
                throw new IllegalArgumentException("expected a password without control characters, got another");
            }
            password = secret;
            return this;
        }

        /** How the connection is secured. */
        public Builder tls(Tls kind) {
            tls = kind;
            return this;
        }

        /** Whom to trust instead of what the platform does, such as an authority of one's own. */
        public Builder trust(SSLContext context) {
            sslContext = context;
            return this;
        }

        /** The sender's address, such as {@code gateway@example.com} or {@code Gateway <gateway@example.com>}. */
        public Builder from(String address) {
            from = line("an address", address);
            return this;
        }

        /** Recipients; may be called several times. */
        public Builder to(String... addresses) {
            for (String address : addresses) {
                to.add(line("an address", address));
            }
            return this;
        }

        /** What every subject begins with; {@code [gateway] } unless said otherwise. */
        public Builder subjectPrefix(String prefix) {
            if (prefix.length() > 100 || hasControl(prefix)) {
                throw new IllegalArgumentException(
                        "expected a subject prefix of at most 100 characters without control characters, got another");
            }
            subjectPrefix = prefix;
            return this;
        }

        /**
         * How long to wait for a connection, for each answer of the server, and for each write: 1 ms to 10 min.
         */
        public Builder timeouts(Duration connect, Duration read, Duration write) {
            connectTimeout = timeout("connect", connect);
            readTimeout = timeout("read", read);
            writeTimeout = timeout("write", write);
            return this;
        }

        /**
         * The notifier. Does not connect yet.
         *
         * @throws IllegalStateException if host, sender or recipients are missing, only one of user name and password is given,
         *     an address is none, or Jakarta Mail is not on the class path
         */
        public MailNotifier build() {
            if (host == null || from == null || to.isEmpty()) {
                throw new IllegalStateException("expected a host, a sender and at least one recipient, got host " + host
                        + ", sender " + from + ", recipients " + to);
            }
            if ((username == null) != (password == null)) {
                throw new IllegalStateException("expected both a user name and a password or neither, got only "
                        + (username == null ? "a password" : "a user name"));
            }
            String description = "MailNotifier[%s:%d, %s, %s -> %s]".formatted(host, port, tls, from, to);
            try {
                return new MailNotifier(SmtpSender.of(this, host, from), description);
            } catch (LinkageError e) {
                throw new IllegalStateException(SmtpSender.MISSING, e);
            }
        }

        private static String line(String what, String text) {
            if (text.isBlank() || hasControl(text)) {
                throw new IllegalArgumentException(
                        "expected " + what + " without control characters, got '" + OneLine.of(text, 200) + "'");
            }
            return text.strip();
        }

        private static boolean hasControl(String text) {
            return text.chars().anyMatch(Character::isISOControl);
        }

        private static Duration timeout(String name, Duration value) {
            if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST_TIMEOUT) > 0) {
                throw new IllegalArgumentException("expected a " + name + " timeout of 1ms to 10 min, got " + value);
            }
            return value;
        }

        @Override
        public String toString() {
            return "MailNotifier.Builder[" + host + ':' + port + ']';
        }
    }
}
