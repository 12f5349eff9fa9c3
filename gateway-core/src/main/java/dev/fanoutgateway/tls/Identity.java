package dev.fanoutgateway.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/** An own certificate with its key. */
record Identity(List<X509Certificate> chain, PrivateKey key) {
    private static final char[] IN_MEMORY = {'-'};

    /** @throws IllegalArgumentException if they are not in order, or do not belong together */
    static Identity of(Pem certificate, Pem key) {
        List<X509Certificate> chain = chain(certificate);
        PrivateKey read = privateKey(key, chain.get(0).getPublicKey());
        if (!belongTogether(read, chain.get(0).getPublicKey())) {
            throw new IllegalArgumentException("expected the key of the certificate in " + certificate.name()
                    + ", got another one in " + key.name());
        }
        return new Identity(chain, read);
    }

    /** @throws IllegalArgumentException if one certificate is not followed by that of its issuer */
    static List<X509Certificate> chain(Pem file) {
        List<X509Certificate> chain = file.certificates();
        for (int i = 1; i < chain.size(); i++) {
            if (!chain.get(i - 1).getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal())) {
                throw new IllegalArgumentException(
                        "expected each certificate followed by that of its issuer, got another order in "
                                + file.name());
            }
        }
        return chain;
    }

    KeyManager[] keyManagers() throws GeneralSecurityException {
        KeyStore store = emptyStore();
        store.setKeyEntry("own", key, IN_MEMORY, chain.toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, IN_MEMORY);
        return factory.getKeyManagers();
    }

    static KeyStore emptyStore() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new IllegalStateException("nothing can be read", e);
        }
        return store;
    }

    private static PrivateKey privateKey(Pem file, PublicKey other) {
        Pem.Block block = file.key()
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected a private key in PEM (BEGIN PRIVATE KEY), got none in " + file.name()));
        if (block.label().startsWith("ENCRYPTED") || block.content().length == 0) {
            throw new IllegalArgumentException(
                    "expected a private key without a password, got an encrypted one in " + file.name());
        }
        byte[] pkcs8 = block.label().equals("PRIVATE KEY") ? block.content() : Der.pkcs8(other, block.content());
        try {
            return KeyFactory.getInstance(other.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) { // whose message may quote what was read
            throw new IllegalArgumentException("expected a private key of the certificate's kind ("
                    + other.getAlgorithm() + "), got something else in " + file.name());
        }
    }

    private static boolean belongTogether(PrivateKey key, PublicKey other) {
        String algorithm = switch (other.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
            default -> "";
        };
        if (algorithm.isEmpty()) {
            return true; // not known here; the handshake will tell
        }
        try {
            byte[] text = {1, 2, 3};
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(text);
            byte[] signature = signing.sign();
            signing.initVerify(other);
            signing.update(text);
            return signing.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return chain.get(0).getSubjectX500Principal().getName();
    }
}
