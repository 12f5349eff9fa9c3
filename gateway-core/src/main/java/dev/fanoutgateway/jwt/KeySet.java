package dev.fanoutgateway.jwt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.jwk.JWK;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An issuer's keys (RFC 7517 section 5), those of them that are good for the algorithms asked for. Immutable; safe for use by
 * any thread. This and {@link SetKey} are all that touches the library, so that it may be missing where nobody needs it.
 */
final class KeySet {
    private static final int MOST_KEYS = 100;

    private final List<SetKey> keys;

    private KeySet(List<SetKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /** @throws NoClassDefFoundError if the library is not on the class path */
    static void requireLibrary() {
        SetKey.requireLibrary();
    }

    /**
     * The keys of a JSON document. Those that are of no use here (other kinds and curves, for encryption, secret, too short,
     * with something missing) are left out, since an issuer may have any (RFC 7517 section 5).
     *
     * @throws IllegalArgumentException {@code expected ..., got ...}, which shows nothing of the keys
     */
    static KeySet of(byte[] json, Set<JwtAlgorithm> algorithms) {
        ObjectNode document = StrictJson.object(json);
        JsonNode listed = document == null ? null : document.get("keys");
        if (listed == null || !listed.isArray()) {
            throw new IllegalArgumentException(
                    "expected a key set, got " + (document == null ? "what is no JSON object" : "no list 'keys'"));
        }
        if (listed.size() > MOST_KEYS) {
            throw new IllegalArgumentException("expected at most " + MOST_KEYS + " keys, got " + listed.size());
        }
        List<SetKey> usable = new ArrayList<>();
        for (int i = 0; i < listed.size(); i++) {
            SetKey key = key(listed.get(i), algorithms);
            if (key != null) {
                usable.add(key);
            }
        }
        if (usable.isEmpty()) {
            throw new IllegalArgumentException("expected a key for one of the algorithms " + algorithms
                    + ", got none in " + listed.size() + (listed.size() == 1 ? " key" : " keys"));
        }
        return new KeySet(usable);
    }

    private static @Nullable SetKey key(JsonNode json, Set<JwtAlgorithm> algorithms) {
        String type = StrictJson.text(json, "kty");
        if (type == null || (!type.equals("RSA") && !type.equals("EC"))) {
            return null; // a secret among them
        }
        try {
            return SetKey.of(JWK.parse(json.toString()), algorithms);
        } catch (ParseException | RuntimeException e) {
            return null; // a curve that is not known, a part that is missing
        }
    }

    int size() {
        return keys.size();
    }

    /**
     * The keys that may have signed {@code token}: those of its key's name, or the only one for its algorithm if it names none.
     */
    List<SetKey> candidates(PresentedToken token) {
        List<SetKey> found = new ArrayList<>(1);
        for (SetKey key : keys) {
            boolean named = token.keyId == null || token.keyId.equals(key.id());
            if (named && key.fits(token.algorithm)) {
                found.add(key);
            }
        }
        return token.keyId == null && found.size() > 1 ? List.of() : found;
    }

    /** Whether some key has the name that {@code token} gives, whatever it is good for; true if it gives none. */
    boolean names(PresentedToken token) {
        return token.keyId == null || keys.stream().anyMatch(key -> token.keyId.equals(key.id()));
    }
}
