package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.signing.RequestSigning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The section {@code sign} of a group: by which keys its requests are signed. */
final class SigningSettings {
    /** Stands in for a secret while a name is looked at. */
    private static final String ANY_SECRET = "-".repeat(32);

    private SigningSettings() {}

    /** How requests are signed; null if they are not. */
    static @Nullable RequestSigning read(Section group) {
        return group.section("sign").flatMap(SigningSettings::signing).orElse(null);
    }

    private static Optional<RequestSigning> signing(Section in) {
        List<RequestSigning> made = new ArrayList<>();
        List<Section> keys = in.sections("keys");
        if (keys.isEmpty()) {
            in.missing("keys", "one key or two");
        }
        for (Section key : keys) {
            Optional<String> id = key.required("id", Value.TEXT);
            Optional<String> secret = key.required("key", Value.SECRET);
            List<RequestSigning> named = new ArrayList<>();
            id.ifPresent(name -> key.check("id", () -> named.add(with(made, name, ANY_SECRET))));
            if (!named.isEmpty() && secret.isPresent()) {
                key.check("key", () -> made.add(with(made, id.orElseThrow(), secret.get())));
            }
            key.end();
        }
        List<String> fields = in.list("fields", Value.TEXT);
        if (!made.isEmpty()) {
            in.check("fields", () -> made.add(made.get(made.size() - 1).covering(fields.toArray(String[]::new))));
        }
        in.end();
        return made.isEmpty() ? Optional.empty() : Optional.of(made.get(made.size() - 1));
    }

    private static RequestSigning with(List<RequestSigning> made, String id, String secret) {
        return made.isEmpty()
                ? RequestSigning.hmac(id, secret)
                : made.get(made.size() - 1).andHmac(id, secret);
    }
}
