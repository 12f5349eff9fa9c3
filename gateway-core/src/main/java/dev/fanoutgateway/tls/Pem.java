package dev.fanoutgateway.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A file of PEM blocks (RFC 7468), as it was read. What it has may be secret, and is in no message. */
record Pem(String name, String text) {
    private static final int LARGEST = 1 << 20;
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    /** @throws IllegalArgumentException if it cannot be read */
    static Pem read(Path file) {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("expected the name of a file, got one that does not exist");
        }
        String name = String.valueOf(file.getFileName());
        if (!Files.isRegularFile(file)) { // reading a pipe might never end
            throw new IllegalArgumentException("expected the name of a file, got that of something else: " + name);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IllegalArgumentException("expected a file of at most 1 MiB, got a larger one: " + name);
            }
            return new Pem(name, new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "expected a readable file, got " + e.getClass().getSimpleName() + ": " + name, e);
        }
    }

    /** @throws IllegalArgumentException if there are none, or one is malformed */
    List<X509Certificate> certificates() {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks()) {
            if (block.label.equals("CERTIFICATE")) {
                certificates.add(certificate(block.content));
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("expected certificates in PEM (BEGIN CERTIFICATE), got none in " + name);
        }
        return certificates;
    }

    /** The first block of a private key. */
    Optional<Block> key() {
        return blocks().stream()
                .filter(block -> block.label.endsWith("PRIVATE KEY"))
                .findFirst();
    }

    private X509Certificate certificate(byte[] content) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(content));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("expected certificates, got something malformed in " + name, e);
        }
    }

    private List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        int at = text.indexOf(BEGIN);
        while (at >= 0) {
            int labelEnd = text.indexOf(DASHES, at + BEGIN.length());
            int end = labelEnd < 0 ? -1 : text.indexOf(END, labelEnd);
            if (end < 0) {
                throw new IllegalArgumentException("expected PEM, got a block without an end in " + name);
            }
            String label = text.substring(at + BEGIN.length(), labelEnd);
            blocks.add(new Block(label, content(text.substring(labelEnd + DASHES.length(), end))));
            at = text.indexOf(BEGIN, end);
        }
        return blocks;
    }

    /** Without its fields, which old encrypted keys have; they are not read then. */
    private byte[] content(String base64) {
        try {
            return base64.indexOf(':') >= 0 ? new byte[0] : Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) { // which may quote a character
            throw new IllegalArgumentException("expected PEM, got something that is no Base64 in " + name);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /** One block. */
    record Block(String label, byte[] content) {
        @Override
        public String toString() {
            return label;
        }
    }
}
