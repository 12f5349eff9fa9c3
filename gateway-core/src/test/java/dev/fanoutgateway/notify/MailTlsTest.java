package dev.fanoutgateway.notify;

import static dev.fanoutgateway.notify.MailNotifierTest.message;
import static dev.fanoutgateway.notify.MailTrouble.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.junit5.GreenMailExtension;
import com.icegreen.greenmail.util.ServerSetup;
import dev.fanoutgateway.notify.MailNotifier.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mail over real TLS: it goes out only to a server that is trusted and is who it should be. */
@Timeout(60)
class MailTlsTest {
    @RegisterExtension
    static final GreenMailExtension SERVER = new GreenMailExtension(new ServerSetup[] {
                new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
                new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS)
            })
            .withPerMethodLifecycle(true);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(
            value = Tls.class,
            names = {"STARTTLS", "SMTPS"})
    void aServerThatIsTrustedAndNamedGetsMailAndLogin(Tls tls) throws Exception {
        SERVER.setUser("gateway@example.com", "gateway", "pa55-word");
        try (TlsFront front = front(tls, "dns:localhost")) {
            MailNotifier notifier = mail(tls, front.port())
                    .trust(front.context())
                    .username("gateway")
                    .password("pa55-word")
                    .build();

            assertThat(failureOf(notifier.notify(message("t")))).isNull();
        }
        assertThat(SERVER.getReceivedMessages()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Tls.class,
            names = {"STARTTLS", "SMTPS"})
    void aTrustedCertificateForAnotherNameIsRefused(Tls tls) throws Exception {
        try (TlsFront front = front(tls, "dns:elsewhere.example.com")) {
            refused(mail(tls, front.port()).trust(front.context()));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Tls.class,
            names = {"STARTTLS", "SMTPS"})
    void aCertificateThatNobodyTrustsIsRefused(Tls tls) throws Exception {
        try (TlsFront front = front(tls, "dns:localhost")) {
            refused(mail(tls, front.port()));
            refused(mail(tls, front.port()).trust(SSLContext.getDefault()));
        }
    }

    @Test
    void aSelfSignedServerIsRefused() {
        refused(mail(Tls.SMTPS, SERVER.getSmtps().getPort()));
    }

    @Test
    void aPlainServerIsRefused() {
        refused(mail(Tls.SMTPS, SERVER.getSmtp().getPort()));
        refused(mail(Tls.STARTTLS, SERVER.getSmtp().getPort()));
    }

    private static void refused(MailNotifier.Builder mail) {
        assertThat(failureOf(mail.build().notify(message("t"))))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("mail to localhost:")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
        assertThat(SERVER.getReceivedMessages()).isEmpty();
    }

    private TlsFront front(Tls tls, String name) throws Exception {
        return new TlsFront(folder, name, tls == Tls.STARTTLS, SERVER.getSmtp().getPort());
    }

    private static MailNotifier.Builder mail(Tls tls, int port) {
        return MailNotifier.builder()
                .host("localhost")
                .port(port)
                .tls(tls)
                .from("gateway@example.com")
                .to("dev@example.com")
                .timeouts(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(2));
    }
}
