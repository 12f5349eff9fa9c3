package dev.fanoutgateway.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files that one side of TLS connections goes by: whom it trusts, and who it is. {@link #trust}, {@link #certificate}
 * and {@link #key} read the files and refuse what is wrong with them; {@link #open()} reads them again. Immutable.
 *
 * <p>Certificates are X.509; a key is PKCS#8 or in the older forms of RSA and EC, and not encrypted. Messages have names of
 * files, and nothing of what is in them; the name of a file that does not exist is not told either, since it may be a secret
 * that stands in the wrong place.
 *
 * @param trust files of certificates, of which one has to vouch for the other side; none for those that Java trusts
 * @param certificate the own certificate, followed by those that lead to one the other side knows; null for none
 * @param key of the own certificate; null for none
 * @param every how often the files are looked at for changes, 10 ms to 24 h
 */
public record TlsFiles(
        List<Path> trust,
        @Nullable Path certificate,
        @Nullable Path key,
        Duration every) {
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final TlsFiles NONE = new TlsFiles(List.of(), null, null, Duration.ofMinutes(1));

    public TlsFiles {
        trust = List.copyOf(trust);
        if (every.compareTo(SHORTEST) < 0 || every.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("expected a time between looks of 10ms to 24h, got " + every);
        }
    }

    /** No files, looked at every minute. */
    public static TlsFiles none() {
        return NONE;
    }

    /**
     * These files of certificates to trust, in place of what Java trusts.
     *
     * @throws IllegalArgumentException if one of them cannot be read, or has no certificates
     */
    public TlsFiles trust(Path... files) {
        Arrays.stream(files).map(Pem::read).forEach(Pem::certificates);
        return new TlsFiles(List.of(files), certificate, key, every);
    }

    /**
     * The file of the own certificate.
     *
     * @throws IllegalArgumentException if it cannot be read, or has no certificates, or has them out of order
     */
    public TlsFiles certificate(Path file) {
        Identity.chain(Pem.read(file));
        return new TlsFiles(trust, file, null, every);
    }

    /**
     * The file of the key, after that of the certificate.
     *
     * @throws IllegalArgumentException if it cannot be read, or has no key, or one of another certificate
     */
    public TlsFiles key(Path file) {
        if (certificate == null) {
            throw new IllegalArgumentException("expected a certificate before its key, got none");
        }
        Identity.of(Pem.read(certificate), Pem.read(file));
        return new TlsFiles(trust, certificate, file, every);
    }

    /** This long between looks at the files, 10 ms to 24 h. */
    public TlsFiles every(Duration interval) {
        return new TlsFiles(trust, certificate, key, interval);
    }

    /**
     * Reads the files, and watches them from now on with a thread of its own.
     *
     * @throws IllegalStateException if one of them is not in order, or a certificate has no key
     */
    public ReloadingTls open() {
        return new ReloadingTls(this);
    }
}
