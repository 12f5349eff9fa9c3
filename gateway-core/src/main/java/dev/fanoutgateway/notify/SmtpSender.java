package dev.fanoutgateway.notify;

import dev.fanoutgateway.spi.DevMessage;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.NoSuchProviderException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that touches Jakarta Mail, in a class of its own: it is loaded only where mail is sent, and may be missing. */
final class SmtpSender {
    static final String MISSING = "expected jakarta.mail:jakarta.mail-api and org.eclipse.angus:angus-mail on the class"
            + " path, which mail needs, got none";

    private static final Logger LOG = LoggerFactory.getLogger(MailNotifier.class);

    private final Session session;
    private final String host;
    private final int port;
    private final @Nullable String username;
    private final @Nullable String password;
    private final InternetAddress from;
    private final InternetAddress[] to;
    private final MailText text;

    private SmtpSender(MailNotifier.Builder settings, String host, Session session, InternetAddress from) {
        this.session = session;
        this.host = host;
        this.port = settings.port;
        this.username = settings.username;
        this.password = settings.password;
        this.from = from;
        this.to = settings.to.stream().map(SmtpSender::address).toArray(InternetAddress[]::new);
        this.text = new MailText(settings.subjectPrefix);
    }

    static SmtpSender of(MailNotifier.Builder settings, String host, String sender) {
        InternetAddress from = address(sender);
        Session session;
        try {
            session = Session.getInstance(propertiesFor(settings, from));
            session.getTransport("smtp");
        } catch (NoSuchProviderException | IllegalStateException e) {
            throw new IllegalStateException(MISSING, e);
        }
        if (settings.tls == MailNotifier.Tls.NONE && settings.username != null) {
            LOG.warn("mail to {}:{} logs in without TLS: the password can be read on the way", host, settings.port);
        }
        return new SmtpSender(settings, host, session, from);
    }

    private static Properties propertiesFor(MailNotifier.Builder settings, InternetAddress from) {
        Properties properties = new Properties();
        properties.put("mail.smtp.connectiontimeout", millis(settings.connectTimeout));
        properties.put("mail.smtp.timeout", millis(settings.readTimeout));
        properties.put("mail.smtp.writetimeout", millis(settings.writeTimeout));
        properties.put("mail.smtp.auth", String.valueOf(settings.username != null));
        properties.put("mail.smtp.ssl.enable", String.valueOf(settings.tls == MailNotifier.Tls.SMTPS));
        properties.put("mail.smtp.starttls.enable", String.valueOf(settings.tls == MailNotifier.Tls.STARTTLS));
        properties.put("mail.smtp.starttls.required", String.valueOf(settings.tls == MailNotifier.Tls.STARTTLS));
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.ssl.protocols", "TLSv1.3 TLSv1.2");
        properties.put("mail.smtp.quitwait", "false");
        // Without this, one recipient that is refused keeps all others from being told.
        properties.put("mail.smtp.sendpartial", "true");
        // The domain of message ids; else the local host's name is looked up, and told to the world.
        properties.put("mail.from", from.getAddress());
        if (settings.sslContext != null) {
            properties.put("mail.smtp.ssl.socketFactory", settings.sslContext.getSocketFactory());
        }
        return properties;
    }

    private static String millis(Duration timeout) {
        return String.valueOf(timeout.toMillis());
    }

    private static InternetAddress address(String text) {
        try {
            InternetAddress address = new InternetAddress(text, true);
            if (address.isGroup() || !address.getAddress().contains("@")) {
                throw new AddressException("not one mailbox");
            }
            return address;
        } catch (AddressException e) {
            throw new IllegalStateException("expected an address such as dev@example.com, got '" + text + "'", e);
        }
    }

    void send(DevMessage message) throws IOException {
        try {
            MimeMessage mail = mailFor(message);
            Transport transport = session.getTransport("smtp");
            try {
                transport.connect(host, port, username, password);
                transport.sendMessage(mail, to);
            } finally {
                closeQuietly(transport);
            }
        } catch (SendFailedException e) {
            if (isEmpty(e.getValidSentAddresses())) {
                throw failure(e);
            }
            LOG.warn("mail went to some recipients only: {}", diagnosis(e));
        } catch (MessagingException e) {
            throw failure(e);
        }
    }

    /** A farewell that goes wrong must not make a mail that was taken be sent again. */
    private static void closeQuietly(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            LOG.debug(
                    "could not say goodbye to the mail server: {}", e.getClass().getName());
        }
    }

    private MimeMessage mailFor(DevMessage message) throws MessagingException {
        MimeMessage mail = new MimeMessage(session);
        mail.setFrom(from);
        mail.setRecipients(Message.RecipientType.TO, to);
        mail.setSubject(text.subjectFor(message), StandardCharsets.UTF_8.name());
        mail.setSentDate(Date.from(message.last()));
        // RFC 3834: no vacation replies to a machine.
        mail.setHeader("Auto-Submitted", "auto-generated");
        if (message.priority() == DevMessage.Priority.CRITICAL) {
            mail.setHeader("Importance", "high");
        }
        mail.setText(text.bodyFor(message), StandardCharsets.UTF_8.name());
        mail.saveChanges();
        return mail;
    }

    private static boolean isEmpty(Address @Nullable [] addresses) {
        return addresses == null || addresses.length == 0;
    }

    /** Without the cause: a server may repeat what it was sent, the login included. */
    private IOException failure(MessagingException e) {
        return new IOException("mail to %s:%d failed: %s".formatted(host, port, diagnosis(e)));
    }

    private String diagnosis(MessagingException e) {
        List<String> causes = new ArrayList<>();
        for (Throwable cause = e; cause != null && causes.size() < 5; cause = causeOf(cause)) {
            String said = String.valueOf(cause.getMessage());
            causes.add(cause.getClass().getSimpleName() + ": "
                    + (cause instanceof AuthenticationFailedException ? statusOf(said) : said));
        }
        String diagnosis = String.join("; ", causes);
        return OneLine.of(password == null ? diagnosis : diagnosis.replace(password, "..."), 1_000);
    }

    /** Of the answer to a login only its status codes, such as {@code 535 5.7.8}. */
    private static String statusOf(String answer) {
        int end = 0;
        while (end < answer.length() && " .0123456789".indexOf(answer.charAt(end)) >= 0) {
            end++;
        }
        return answer.substring(0, end).strip();
    }

    private static @Nullable Throwable causeOf(Throwable failure) {
        return failure instanceof MessagingException messaging ? messaging.getNextException() : failure.getCause();
    }
}
