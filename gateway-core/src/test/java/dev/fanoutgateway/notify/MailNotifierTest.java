package dev.fanoutgateway.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.icegreen.greenmail.junit5.GreenMailExtension;
import com.icegreen.greenmail.util.ServerSetup;
import dev.fanoutgateway.notify.MailNotifier.Tls;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.testing.FakeClock;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mail to a real SMTP server on the same host. */
class MailNotifierTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @RegisterExtension
    static final GreenMailExtension SERVER = new GreenMailExtension(
                    new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP))
            .withPerMethodLifecycle(true);

    @Test
    void aMessageBecomesAMail() throws Exception {
        DevMessage message = DevMessage.of(
                        Type.BACKENDS_DOWN,
                        "backends:stocks",
                        "All 3 backends of 'stocks' are down",
                        List.of("http://a: 503", "http://b: timed out \u2013 30 s", ".", "From here"),
                        START)
                .repeated(42, START.plusSeconds(300));

        send(message);

        MimeMessage mail = onlyMail();
        assertThat(mail.getSubject()).isEqualTo("[gateway] CRITICAL: All 3 backends of 'stocks' are down (42 times)");
        assertThat(mail.getFrom()).extracting(Object::toString).containsExactly("Gateway <gateway@example.com>");
        assertThat(mail.getAllRecipients())
                .extracting(Object::toString)
                .containsExactly("dev@example.com", "ops@example.com");
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(mail.getHeader("Importance")).containsExactly("high");
        assertThat(mail.getHeader("Message-ID")[0]).endsWith("@example.com>");
        assertThat(mail.getSentDate()).isEqualTo(START.plusSeconds(300));
        assertThat(mail.getContentType()).containsIgnoringCase("text/plain").containsIgnoringCase("utf-8");
        assertThat(((String) mail.getContent()).lines())
                .containsExactly(
                        "All 3 backends of 'stocks' are down",
                        "",
                        "http://a: 503",
                        "http://b: timed out \u2013 30 s",
                        ".",
                        "From here",
                        "",
                        "Type:        BACKENDS_DOWN",
                        "Priority:    CRITICAL",
                        "Count:       42",
                        "First:       2026-01-01T00:00:00Z",
                        "Last:        2026-01-01T00:05:00Z",
                        "Fingerprint: backends:stocks");
    }

    @Test
    void subjectsAreUtf8AndHaveAnEnd() throws Exception {
        send(message("\u00dcber \u65e5\u672c \ud83d\ude80 " + "\u00e9".repeat(5_000), "x".repeat(50_000)));

        MimeMessage mail = onlyMail();
        assertThat(mail.getSubject())
                .startsWith("[gateway] HIGH: \u00dcber \u65e5\u672c \ud83d\ude80 \u00e9")
                .hasSizeLessThan(260);
        assertThat(mail.getHeader("Subject")[0]
                        .lines()
                        .mapToInt(String::length)
                        .max()
                        .orElse(0))
                .isLessThan(80);
        assertThat((String) mail.getContent()).contains("x".repeat(2_000) + "...");
    }

    static Stream<String> injections() {
        return Stream.of(
                        "\r\n",
                        "\n",
                        "\r",
                        "\u0085",
                        "\u2028",
                        "\r\n.\r\n",
                        "\r\n\r\n",
                        "\n ",
                        "\0",
                        "=?utf-8?q?=0D=0A?=")
                .map(breaking -> "title" + breaking + "Bcc: evil@example.org" + breaking + "X-Evil: 1");
    }

    @ParameterizedTest
    @MethodSource("injections")
    void noTextReachesTheHeaderAsALineOfItsOwn(String evil) throws Exception {
        send(new DevMessage(
                Type.PLUGIN_FAILED,
                DevMessage.Priority.HIGH,
                evil,
                evil,
                List.of(evil, "\r\n.\r\nMAIL FROM:<evil@example.org>\r\n"),
                START,
                START,
                1));

        assertThat(SERVER.getReceivedMessages()).hasSize(2);
        for (MimeMessage mail : SERVER.getReceivedMessages()) {
            assertThat(mail.getHeader("X-Evil")).isNull();
            assertThat(mail.getHeader("Bcc")).isNull();
            assertThat(mail.getHeader("Subject")).hasSize(1);
            assertThat(((String) mail.getContent()).lines().count()).isEqualTo(11);
            assertThat(mail.getAllRecipients()).hasSize(2);
        }
    }

    @ParameterizedTest
    @MethodSource("injections")
    void noSettingTakesALineBreak(String evil) {
        boolean encodedWord = evil.contains("=?");
        MailNotifier.Builder builder = MailNotifier.builder();
        for (Runnable setter : List.<Runnable>of(
                () -> builder.host(evil),
                () -> builder.from(evil),
                () -> builder.to(evil),
                () -> builder.username(evil))) {
            if (!encodedWord && evil.chars().anyMatch(Character::isISOControl)) {
                assertThatIllegalArgumentException()
                        .isThrownBy(setter::run)
                        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "\r"));
            }
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> MailNotifier.builder()
                        .host("h")
                        .from("evil" + (encodedWord ? evil : "") + " x")
                        .to("a@example.com")
                        .build());
    }

    @Test
    void theLoginIsUsedAndNeverShown() throws Exception {
        SERVER.setUser("gateway@example.com", "gateway", "pa55-word");
        try (MailNotifier right =
                        mail().username("gateway").password("pa55-word").build();
                MailNotifier wrong =
                        mail().username("gateway").password("wr0ng-word").build()) {
            assertThat(right.notify(message("t"))).isCompleted();
            assertThat(right.toString())
                    .isEqualTo("MailNotifier[127.0.0.1:" + SERVER.getSmtp().getPort()
                            + ", NONE, Gateway <gateway@example.com> -> [dev@example.com, ops@example.com]]");
            assertThat(wrong.notify(message("t")))
                    .isCompletedExceptionally()
                    .satisfies(result -> assertThat(allTextOf(MailTrouble.failureOf(result)))
                            .contains("mail to 127.0.0.1:", "failed", "Authentication")
                            .doesNotContain("wr0ng-word", "pa55-word", "d3IwbmctL"));
        }
        assertThat(SERVER.getReceivedMessages()).hasSize(2);
    }

    @Test
    void closedMeansNoMoreMail() {
        MailNotifier notifier = mail().build();
        notifier.close();

        assertThat(notifier.notify(message("t"))).isCompletedExceptionally();
        assertThat(SERVER.getReceivedMessages()).isEmpty();
    }

    @Test
    void aStormOfAThousandIsOneMailAndOneDigest() throws Exception {
        FakeClock clock = new FakeClock(START);
        try (MailNotifier notifier = mail().to().build();
                MessageQueue queue = new MessageQueue(notifier, Duration.ofMinutes(5), 100, clock)) {
            for (int i = 0; i < 1_000; i++) {
                queue.offer(message("t", "request " + i));
            }
            clock.runDue();
            assertThat(SERVER.getReceivedMessages()).hasSize(2);
            clock.advance(Duration.ofHours(1));
        }

        assertThat(SERVER.getReceivedMessages()).hasSize(4);
        assertThat(SERVER.getReceivedMessages()[3].getSubject()).endsWith("t (999 times)");
    }

    @Test
    void settingsAreCheckedWhereTheyAreGiven() {
        MailNotifier.Builder builder = MailNotifier.builder();
        for (Runnable setter : List.<Runnable>of(
                () -> builder.host(" "),
                () -> builder.port(0),
                () -> builder.port(65_536),
                () -> builder.password(""),
                () -> builder.password("a\nb"),
                () -> builder.subjectPrefix("x".repeat(101)),
                () -> builder.subjectPrefix("a\rb"),
                () -> builder.timeouts(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1)),
                () -> builder.timeouts(Duration.ofSeconds(1), Duration.ofHours(1), Duration.ofSeconds(1)),
                () -> builder.timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofNanos(1)))) {
            assertThatIllegalArgumentException().isThrownBy(setter::run).withMessageContaining("expected");
        }
        assertThatIllegalStateException().isThrownBy(builder::build);
        assertThatIllegalStateException().isThrownBy(() -> mail().username("u").build());
        assertThatIllegalStateException()
                .isThrownBy(() -> mail().password("secret").build())
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        for (String address : List.of("nobody", "a@b, c@d", "group: a@b;", "a b@c", "<>", "a@")) {
            assertThatIllegalStateException()
                    .as(address)
                    .isThrownBy(() -> mail().to(address).build())
                    .withMessageContaining(address);
        }
    }

    private static void send(DevMessage message) {
        try (MailNotifier notifier = mail().build()) {
            notifier.notify(message).toCompletableFuture().join();
        }
    }

    private static MimeMessage onlyMail() {
        assertThat(SERVER.getReceivedMessages()).hasSize(2);
        return SERVER.getReceivedMessages()[0];
    }

    private static MailNotifier.Builder mail() {
        return MailNotifier.builder()
                .host("127.0.0.1")
                .port(SERVER.getSmtp().getPort())
                .tls(Tls.NONE)
                .from("Gateway <gateway@example.com>")
                .to("dev@example.com", "ops@example.com");
    }

    static DevMessage message(String title, String... details) {
        return DevMessage.of(Type.PLUGIN_FAILED, "f", title, List.of(details), START);
    }

    private static String allTextOf(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            text.append(cause).append('\n');
        }
        return text.toString();
    }
}
