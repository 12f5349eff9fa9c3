package dev.fanoutgateway.examples.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** Who vouches for whom in a test, as PEM files. */
final class Certificates {
    private final HeldCertificate authority = new HeldCertificate.Builder()
            .commonName("authority")
            .certificateAuthority(0)
            .build();
    private final Path directory;

    Certificates(Path directory) {
        this.directory = directory;
    }

    /** A certificate of this authority for these hosts. */
    HeldCertificate issue(String name, String... hosts) {
        HeldCertificate.Builder builder =
                new HeldCertificate.Builder().commonName(name).signedBy(authority);
        List.of(hosts).forEach(builder::addSubjectAlternativeName);
        return builder.build();
    }

    X509Certificate authority() {
        return authority.certificate();
    }

    /** The file of the authority's certificate. */
    Path authorityFile(String file) throws IOException {
        return Files.writeString(directory.resolve(file), authority.certificatePem());
    }

    /** Writes FILE.pem and FILE.key. */
    void write(String file, HeldCertificate held) throws IOException {
        Files.writeString(directory.resolve(file + ".pem"), held.certificatePem());
        Files.writeString(directory.resolve(file + ".key"), held.privateKeyPkcs8Pem());
    }

    /** What a client has that trusts this authority. */
    HandshakeCertificates trusting() {
        return new HandshakeCertificates.Builder()
                .addTrustedCertificate(authority.certificate())
                .build();
    }

    /** What somebody has who trusts this authority, and is this one. */
    HandshakeCertificates trusting(HeldCertificate own) {
        return new HandshakeCertificates.Builder()
                .addTrustedCertificate(authority.certificate())
                .heldCertificate(own)
                .build();
    }

    /** A client's side, new each time, so that no session is resumed. */
    SSLContext context() {
        return trusting().sslContext();
    }
}
