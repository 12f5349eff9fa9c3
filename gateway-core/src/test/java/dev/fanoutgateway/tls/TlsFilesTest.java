package dev.fanoutgateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
    private final HeldCertificate elliptic =
            new HeldCertificate.Builder().ecdsa256().commonName("ec").build();
    private final HeldCertificate rsa =
            new HeldCertificate.Builder().rsa2048().commonName("rsa").build();

    @TempDir
    Path directory;

    @Test
    void keysAreReadInEveryUsualForm() throws IOException {
        assertThat(accepted(elliptic, elliptic.privateKeyPkcs8Pem())).isTrue();
        assertThat(accepted(rsa, rsa.privateKeyPkcs8Pem())).isTrue();
        assertThat(accepted(rsa, rsa.privateKeyPkcs1Pem())).isTrue();
        assertThat(accepted(
                        elliptic,
                        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                                + sec1(elliptic)))
                .isTrue();
        assertThat(accepted(rsa, "bag attributes\n" + rsa.certificatePem() + rsa.privateKeyPkcs8Pem()))
                .as("all in one file")
                .isTrue();
    }

    @Test
    void whatIsNoKeyOfTheCertificateIsRefusedWithoutBeingShown() throws IOException {
        Path certificate = write("c.pem", rsa.certificatePem());
        TlsFiles files = TlsFiles.none().certificate(certificate);
        HeldCertificate other = new HeldCertificate.Builder().rsa2048().build();

        assertThatThrownBy(() -> files.key(write("k", other.privateKeyPkcs8Pem())))
                .hasMessage("expected the key of the certificate in c.pem, got another one in k");
        assertThatThrownBy(() -> files.key(write("k", elliptic.privateKeyPkcs8Pem())))
                .hasMessage("expected a private key of the certificate's kind (RSA), got something else in k")
                .hasNoCause();
        assertThatThrownBy(() -> files.key(write("k", block("ENCRYPTED PRIVATE KEY", "AAAA"))))
                .hasMessage("expected a private key without a password, got an encrypted one in k");
        assertThatThrownBy(() -> files.key(write(
                        "k", block("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,AB\n\nAAAA"))))
                .hasMessage("expected a private key without a password, got an encrypted one in k");
        assertThatThrownBy(() -> files.key(write("k", block("PRIVATE KEY", "s3cr3t!"))))
                .hasMessage("expected PEM, got something that is no Base64 in k")
                .hasNoCause();
        assertThatThrownBy(() -> files.key(write("k", "-----BEGIN PRIVATE KEY-----\ns3cr3t")))
                .hasMessage("expected PEM, got a block without an end in k");
        assertThatThrownBy(() -> files.key(write("k", "")))
                .hasMessage("expected a private key in PEM (BEGIN PRIVATE KEY), got none in k");
        assertThatThrownBy(() -> files.key(directory.resolve("s3cr3t")))
                .hasMessage("expected the name of a file, got one that does not exist");
        assertThatThrownBy(() -> files.key(directory)).hasMessageContaining("got that of something else");
        assertThatThrownBy(() -> TlsFiles.none().key(certificate))
                .hasMessage("expected a certificate before its key, got none");
    }

    @Test
    void everyDamageToAKeyIsRefusedAndNothingElseHappens() throws IOException {
        Path certificate = write("c.pem", rsa.certificatePem());
        TlsFiles files = TlsFiles.none().certificate(certificate);
        for (String whole : new String[] {rsa.privateKeyPkcs1Pem(), rsa.privateKeyPkcs8Pem()}) {
            for (int length = 0; length < whole.indexOf("-----END") - 8; length += 37) {
                Path key = write("k", whole.substring(0, length) + "\n-----END X-----\n");
                assertThatThrownBy(() -> files.key(key)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void certificatesAreRefusedThatAreNoneOrOutOfOrder() throws IOException {
        assertThatThrownBy(() -> TlsFiles.none().trust(write("t", rsa.privateKeyPkcs8Pem())))
                .hasMessage("expected certificates in PEM (BEGIN CERTIFICATE), got none in t");
        assertThatThrownBy(() -> TlsFiles.none().trust(write("t", block("CERTIFICATE", "AAAA"))))
                .hasMessage("expected certificates, got something malformed in t");
        assertThatThrownBy(
                        () -> TlsFiles.none().certificate(write("t", rsa.certificatePem() + elliptic.certificatePem())))
                .hasMessage("expected each certificate followed by that of its issuer, got another order in t");
        assertThatThrownBy(() -> TlsFiles.none().every(Duration.ofHours(25)))
                .hasMessage("expected a time between looks of 10ms to 24h, got PT25H");
    }

    @Test
    void aChangeCountsOnceItIsSeenTwice() throws IOException {
        try (ReloadingTls tls = opened()) {
            SSLContext before = tls.context();
            AtomicInteger changes = new AtomicInteger();
            tls.onChange(changes::incrementAndGet);
            assertThat(tls.look()).isEqualTo(Duration.ofHours(24));

            write("c.pem", rsa.certificatePem());
            assertThat(tls.look())
                    .as("the certificate is there, its key is not")
                    .isEqualTo(Duration.ofSeconds(1));
            write("k.pem", rsa.privateKeyPkcs8Pem());
            assertThat(tls.look()).isEqualTo(Duration.ofSeconds(1));
            assertThat(tls.context()).isSameAs(before);

            assertThat(tls.look()).isEqualTo(Duration.ofHours(24));
            assertThat(tls.context()).isNotSameAs(before);
            assertThat(changes).hasValue(1);
        }
    }

    @Test
    void brokenFilesChangeNothingUntilTheyAreMended() throws IOException {
        try (ReloadingTls tls = opened()) {
            SSLContext before = tls.context();
            write("k.pem", rsa.privateKeyPkcs8Pem());
            tls.look();
            tls.look();
            assertThat(tls.look()).isEqualTo(Duration.ofHours(24));
            Files.delete(directory.resolve("c.pem"));
            tls.look();
            tls.look();
            assertThat(tls.context()).isSameAs(before);

            write("c.pem", rsa.certificatePem());
            tls.look();
            tls.look();
            assertThat(tls.context()).isNotSameAs(before);
        }
    }

    @Test
    void whatIsTrustedIsWhatTheFilesHave() throws IOException {
        Path one = write("one", rsa.certificatePem() + elliptic.certificatePem());
        try (ReloadingTls tls = TlsFiles.none().trust(one).open()) {
            assertThat(tls.trustManager().getAcceptedIssuers())
                    .extracting(X509Certificate::getSubjectX500Principal)
                    .extracting(Object::toString)
                    .containsExactlyInAnyOrder("CN=rsa", "CN=ec");
        }
    }

    private ReloadingTls opened() throws IOException {
        return TlsFiles.none()
                .certificate(write("c.pem", elliptic.certificatePem()))
                .key(write("k.pem", elliptic.privateKeyPkcs8Pem()))
                .every(Duration.ofHours(24))
                .open();
    }

    private boolean accepted(HeldCertificate held, String key) throws IOException {
        TlsFiles files = TlsFiles.none().certificate(write("c.pem", held.certificatePem()));
        try (ReloadingTls tls = files.key(write("k.pem", key)).open()) {
            return tls.context() != null;
        }
    }

    /** RFC 5915: what the PKCS#8 form of a P-256 key ends with. */
    private static String sec1(HeldCertificate held) {
        byte[] pkcs8 = held.keyPair().getPrivate().getEncoded();
        int length = 39;
        assertThat(pkcs8[pkcs8.length - length - 2]).isEqualTo((byte) 4);
        assertThat(pkcs8[pkcs8.length - length - 1]).isEqualTo((byte) length);
        return block(
                "EC PRIVATE KEY",
                Base64.getEncoder().encodeToString(Arrays.copyOfRange(pkcs8, pkcs8.length - length, pkcs8.length)));
    }

    private static String block(String label, String content) {
        return "-----BEGIN " + label + "-----\n" + content + "\n-----END " + label + "-----\n";
    }

    private Path write(String file, String text) throws IOException {
        return Files.writeString(directory.resolve(file), text);
    }
}
