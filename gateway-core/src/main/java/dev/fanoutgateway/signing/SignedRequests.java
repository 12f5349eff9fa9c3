package dev.fanoutgateway.signing;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Signs requests as one group wants it. Immutable; safe for use by any thread. */
final class SignedRequests {
    private static final Set<String> OURS = Set.of("signature", "signature-input", "content-digest");
    private static final Set<String> WITHOUT_CONTENT = Set.of("GET", "HEAD", "TRACE");

    private final RequestSigning how;

    SignedRequests(RequestSigning how) {
        this.how = how;
    }

    /**
     * {@code request} as it is sent to {@code backend}, signed.
     *
     * @param nonce 22 characters of base64url that no other attempt has
     */
    GatewayRequest signed(GatewayRequest request, Backend backend, long createdSeconds, String nonce) {
        GatewayRequest sent = SentTarget.of(request);
        Headers given = sent.headers();
        String authority =
                given.first("Host").orElseGet(() -> authority(backend)).toLowerCase(Locale.ROOT);
        SignatureBase base = new SignatureBase()
                .add("@method", sent.method())
                .add("@authority", authority)
                .add("@path", path(backend, sent))
                .add("@query", '?' + (sent.query() == null ? "" : sent.query()));
        Headers.Builder headers = given.without(SignedRequests::isOurs).toBuilder();
        headers.set("Host", authority);
        content(sent, base, headers);
        for (String field : how.fields) {
            if (given.contains(field)) {
                base.add(field, value(given.all(field)));
            }
        }
        sign(base, createdSeconds, nonce, headers);
        return sent.withHeaders(headers.build());
    }

    private static void content(GatewayRequest sent, SignatureBase base, Headers.Builder headers) {
        Body body = WITHOUT_CONTENT.contains(sent.method()) ? Body.empty() : sent.body();
        if (body.isBuffered()) {
            String digest = "sha-256=:" + Base64.getEncoder().encodeToString(sha256(body)) + ':';
            headers.add("Content-Digest", digest);
            base.add("content-digest", digest);
        } else if (body.length() >= 0) {
            base.add("content-length", Long.toString(body.length()));
        }
    }

    private void sign(SignatureBase base, long createdSeconds, String nonce, Headers.Builder headers) {
        StringBuilder inputs = new StringBuilder(256);
        StringBuilder signatures = new StringBuilder(128);
        for (int i = 0; i < how.keys.size(); i++) {
            SigningKey key = how.keys.get(i);
            String input = base.input(";created=" + createdSeconds + ";nonce=\"" + nonce + "\";keyid=\"" + key.id()
                    + "\";tag=\"fanout-gateway\"");
            String label = (i == 0 ? "" : ", ") + "gateway" + (i == 0 ? "" : "-" + (i + 1)) + '=';
            inputs.append(label).append(input);
            signatures
                    .append(label)
                    .append(':')
                    .append(key.sign(base.of(input)))
                    .append(':');
        }
        headers.add("Signature-Input", inputs.toString());
        headers.add("Signature", signatures.toString());
    }

    /** As the Host field has it: without the scheme's own port (RFC 9421 section 2.2.3). */
    private static String authority(Backend backend) {
        int port = backend.base().getPort();
        boolean usual =
                port < 0 || port == ("https".equalsIgnoreCase(backend.base().getScheme()) ? 443 : 80);
        return usual ? backend.base().getHost() : backend.base().getHost() + ':' + port;
    }

    private static String path(Backend backend, GatewayRequest sent) {
        String prefix = backend.base().getRawPath();
        return prefix == null || prefix.isEmpty() ? sent.path() : prefix + sent.path();
    }

    /** All lines of a field as one (RFC 9421 section 2.1). */
    private static String value(List<String> lines) {
        return String.join(", ", lines.stream().map(String::strip).toList());
    }

    /** Also written with underscores, which some backends take for hyphens. */
    private static boolean isOurs(String name) {
        return OURS.contains(name.toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    private static byte[] sha256(Body content) {
        try (DigestOutputStream out =
                new DigestOutputStream(OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
            content.writeTo(out);
            return out.getMessageDigest().digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // from memory
        }
    }
}
