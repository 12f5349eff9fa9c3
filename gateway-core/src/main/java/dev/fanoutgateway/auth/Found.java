package dev.fanoutgateway.auth;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.KeyCredential.Source;
import org.jspecify.annotations.Nullable;

/** Collects the keys that stand in one request. Used by one thread. */
final class Found {
    private final int longestBearer;
    private @Nullable Source source;
    private @Nullable String key;
    private boolean malformed;
    private boolean conflict;

    Found(int longestBearer) {
        this.longestBearer = longestBearer;
    }

    /** Notes {@code text} as presented at {@code from}; null if it cannot even be decoded. */
    void add(Source from, @Nullable String text) {
        if (text == null || !KeySyntax.isKey(text, from == Source.BEARER ? longestBearer : KeySyntax.LONGEST)) {
            malformed = true;
        } else if (key == null || source == null) {
            key = text;
            source = from;
        } else if (!key.equals(text)) {
            conflict = true;
        } else if (from.compareTo(source) < 0) {
            source = from;
        }
    }

    Extraction in(GatewayRequest stripped) {
        if (malformed) {
            return new Extraction(Extraction.Kind.MALFORMED, null, stripped);
        }
        if (conflict) {
            return new Extraction(Extraction.Kind.CONFLICT, null, stripped);
        }
        if (key == null || source == null) {
            return new Extraction(Extraction.Kind.NONE, null, stripped);
        }
        return new Extraction(Extraction.Kind.PRESENT, new KeyCredential(source, key), stripped);
    }
}
