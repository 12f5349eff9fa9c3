package dev.fanoutgateway.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What TLS is made of.
 *
 * @param end of the time for which the own certificate is valid; null if there is none
 */
record Loaded(
        SSLContext context,
        X509TrustManager trust,
        @Nullable Instant end) {
    /** @param trusted none for what Java trusts */
    static Loaded of(List<Pem> trusted, @Nullable Identity own) {
        try {
            X509TrustManager trust = trustManager(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own == null ? null : own.keyManagers(), new TrustManager[] {trust}, null);
            return new Loaded(
                    context,
                    trust,
                    own == null ? null : own.chain().get(0).getNotAfter().toInstant());
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "expected certificates and a key that Java can use, got some for which it has "
                            + e.getClass().getSimpleName(),
                    e);
        }
    }

    private static X509TrustManager trustManager(List<Pem> trusted) throws GeneralSecurityException {
        KeyStore store = null;
        if (!trusted.isEmpty()) {
            store = Identity.emptyStore();
            for (Pem file : trusted) {
                for (X509Certificate certificate : file.certificates()) {
                    store.setCertificateEntry("trusted-" + store.size(), certificate);
                }
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new IllegalStateException("Java has no trust manager for X.509");
    }
}
