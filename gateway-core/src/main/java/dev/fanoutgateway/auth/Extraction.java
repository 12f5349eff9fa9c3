package dev.fanoutgateway.auth;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.KeyCredential;
import org.jspecify.annotations.Nullable;

/**
 * What a request presented as its key, and the request without it. Its text reveals neither.
 *
 * @param kind whether there was a key, and whether it can be used
 * @param credential the key; null unless {@code kind} is {@link Kind#PRESENT}
 * @param stripped the request without any credential of ours: the one to log, cache and forward
 */
public record Extraction(Kind kind, @Nullable KeyCredential credential, GatewayRequest stripped) {

    /** What was found. */
    public enum Kind {
        /** No key at all. */
        NONE,
        /** One key; it may have stood in several places. */
        PRESENT,
        /** Something that cannot be a key: empty, too long, with forbidden characters, or badly encoded. */
        MALFORMED,
        /** Two different keys. */
        CONFLICT
    }

    public Extraction {
        if ((credential != null) != (kind == Kind.PRESENT)) {
            throw new IllegalArgumentException("expected a credential with PRESENT and only with it, got " + kind);
        }
    }

    @Override
    public String toString() {
        return "Extraction[" + kind + ']';
    }
}
