package dev.fanoutgateway.notify;

import static dev.fanoutgateway.notify.MailNotifierTest.message;
import static dev.fanoutgateway.notify.MailTrouble.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.notify.MailNotifier.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are down, hang, refuse, or lie: every one is a failure in bounded time, and none learns a password. */
@Timeout(30)
class MailTroubleTest {
    @Test
    void aServerThatIsDownIsAFailure() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertThat(failureOf(mail(port).build().notify(message("t"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("mail to 127.0.0.1:" + port + " failed")
                .hasMessageContaining("ConnectException");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "EHLO", "MAIL", "RCPT", "DATA", "."})
    void aServerThatFallsSilentIsGivenUp(String when) throws IOException {
        try (MailTrouble server = answering(when, MailTrouble.SILENCE)) {
            assertThat(failureOf(mail(server.port()).build().notify(message("t"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("failed");
            assertThat(server.commands()).anyMatch(command -> command.startsWith(when));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "EHLO", "MAIL", "RCPT", "DATA", "."})
    void aServerThatHangsUpIsAFailure(String when) throws IOException {
        try (MailTrouble server = answering(when, MailTrouble.HANG_UP)) {
            assertThat(failureOf(mail(server.port()).build().notify(message("t"))))
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "EHLO", "MAIL", "RCPT", "DATA", "."})
    void aServerThatRefusesIsAFailureOnOneLine(String when) throws IOException {
        try (MailTrouble server = answering(when, "554-no\r\n554 \u0007never")) {
            assertThat(failureOf(mail(server.port()).build().notify(message("t"))))
                    .isInstanceOf(IOException.class)
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "\r", "\u0007"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {MailTrouble.SILENCE, MailTrouble.HANG_UP, "554 no"})
    void aFarewellThatGoesWrongIsNoFailure(String farewell) throws IOException {
        try (MailTrouble server = answering("QUIT", farewell)) {
            assertThat(mail(server.port()).build().notify(message("t"))).isCompleted();
        }
    }

    @Test
    void oneRecipientThatIsRefusedDoesNotKeepTheOtherFromBeingTold() throws IOException {
        try (MailTrouble server = answering("RCPT TO:<gone@", "550 no such user")) {
            MailNotifier notifier = mail(server.port()).to("gone@example.com").build();

            assertThat(notifier.notify(message("t"))).isCompleted();
            assertThat(server.commands()).contains("RCPT TO:<dev@example.com>", "RCPT TO:<gone@example.com>", ".");
        }
    }

    @Test
    void withoutStartTlsNeitherMailNorPasswordIsSent() throws IOException {
        try (MailTrouble server = new MailTrouble(
                command -> command.startsWith("EHLO") ? "250-localhost\r\n250 AUTH PLAIN LOGIN" : politely(command))) {
            MailNotifier notifier = mail(server.port())
                    .tls(Tls.STARTTLS)
                    .username("u")
                    .password("pa55-word")
                    .build();

            assertThat(failureOf(notifier.notify(message("t")))).isInstanceOf(IOException.class);
            assertThat(server.commands())
                    .noneMatch(command -> command.startsWith("AUTH") || command.startsWith("MAIL"));
        }
    }

    @Test
    void aServerThatRepeatsTheLoginDoesNotBringItIntoTheLog() throws IOException {
        StringBuilder heard = new StringBuilder();
        try (MailTrouble server = new MailTrouble(command -> {
            if (command.startsWith("EHLO")) {
                return "250-localhost\r\n250 AUTH PLAIN";
            }
            if (command.startsWith("AUTH")) {
                heard.append(command);
                String login = command.substring(command.lastIndexOf(' ') + 1);
                return "535 5.7.8 bad login " + login + " that is " + decoded(login);
            }
            return politely(command);
        })) {
            MailNotifier notifier =
                    mail(server.port()).username("u").password("pa55-word").build();

            Throwable failure = failureOf(notifier.notify(message("t")));

            assertThat(heard).contains("AUTH PLAIN");
            assertThat(failure.toString())
                    .contains("AuthenticationFailedException: 535")
                    .doesNotContain("pa55-word");
            assertThat(failure.toString()).doesNotContain(heard.substring(heard.lastIndexOf(" ") + 1));
            assertThat(failure.getCause()).isNull();
        }
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
    }

    private static String politely(String command) {
        return MailTrouble.politely(command);
    }

    private static MailTrouble answering(String when, String answer) {
        UnaryOperator<String> answers = command -> {
            boolean now = when.isEmpty() ? command.isEmpty() : command.startsWith(when);
            // A refused EHLO is followed by HELO, so both are meant.
            boolean alsoHelo = when.equals("EHLO") && command.startsWith("HELO");
            return now || alsoHelo ? answer : MailTrouble.politely(command);
        };
        return new MailTrouble(answers);
    }

    private static MailNotifier.Builder mail(int port) {
        Duration brief = Duration.ofMillis(300);
        return MailNotifier.builder()
                .host("127.0.0.1")
                .port(port)
                .tls(Tls.NONE)
                .from("gateway@example.com")
                .to("dev@example.com")
                .timeouts(brief, brief, brief);
    }
}
