package dev.fanoutgateway.relay;

import dev.fanoutgateway.http.HopByHop;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Fields by which a client could claim to be somebody or somewhere else, or to ask for something else than it does: written by
 * proxies and by gateways for those behind them, who believe them. Of trusted proxies only those are passed on that tell how
 * the client has come: who it is they would have to say of every request, and most pass on what clients say.
 */
public final class ClaimedFields {
    private static final List<String> PREFIXES = List.of(
            "x-forwarded",
            "x-original-",
            "x-remote-",
            "x-webauth-",
            "x-rewrite-",
            "x-auth-request-",
            "x-authenticated-",
            "x-consumer-",
            "x-amzn-oidc-",
            "x-amzn-mtls-",
            "x-authentik-",
            "x-pomerium-",
            "x-vouch-",
            "oidc-claim-",
            "x-goog-authenticated-user-",
            "x-goog-iap-",
            "x-ms-client-principal",
            "x-ssl-client-",
            "ssl-client-",
            "cf-access-",
            "x-tailscale-user-",
            "tailscale-user-",
            "wl-proxy-");

    private static final Set<String> NAMES = Set.of(
            // whose request it is
            "remote-user",
            "remote-groups",
            "remote-name",
            "remote-email",
            "x-credential-identifier",
            "x-anonymous-consumer",
            "x-client-cert",
            "x-client-verify",
            "x-arr-clientcert",
            "client-cert",
            "client-cert-chain",
            // where it comes from
            "forwarded",
            "client-ip",
            "proxy-client-ip",
            "http-client-ip",
            "http-x-forwarded-for",
            "x-client-ip",
            "x-real-ip",
            "x-originating-ip",
            "x-cluster-client-ip",
            "x-envoy-external-address",
            "true-client-ip",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "fastly-client-ip",
            "fly-client-ip",
            "x-appengine-user-ip",
            "x-azure-clientip",
            // how it came
            "x-host",
            "x-scheme",
            "x-url-scheme",
            "front-end-https");

    /** Which way the client has come; {@code Forwarded} and the like are written anew in any case. */
    private static final Set<String> TOLD_BY_PROXIES = Set.of(
            "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-scheme", "x-forwarded-server", "x-forwarded-ssl");

    /** By these a reading request would become a writing one, sent to several backends at once, or cached. */
    private static final Set<String> METHODS = Set.of("x-http-method", "x-http-method-override", "x-method-override");

    /** Besides those that are dropped: whoever reads an underscore as a hyphen must not take another field for one of these. */
    private static final Set<String> IMITATED = Set.of(
            "accept-encoding",
            "authorization",
            "content-encoding",
            "content-length",
            "content-type",
            "cookie",
            "expect",
            "host",
            "max-forwards",
            "via",
            "x-api-key",
            "x-attempt",
            "x-gateway-explain",
            "x-request-timeout-ms",
            "x-shadow");

    private ClaimedFields() {}

    /** Whether the field {@code lower}, in lower case, is one of those. */
    static boolean contains(String lower) {
        if (NAMES.contains(lower)) {
            return true;
        }
        char first = lower.isEmpty() ? 0 : lower.charAt(0);
        if (first == 'x' || first == 's' || first == 'c' || first == 't' || first == 'o' || first == 'w') {
            for (String prefix : PREFIXES) {
                if (lower.startsWith(prefix)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether the field, which is one of those, is believed if a trusted proxy sends it. */
    static boolean isToldByProxies(String lower) {
        return TOLD_BY_PROXIES.contains(lower);
    }

    /** Whether the field changes what the method is. */
    static boolean changesMethod(String lower) {
        return METHODS.contains(lower);
    }

    /** Whether nobody may imitate the field {@code lower} by writing underscores. */
    static boolean isImitated(String lower) {
        return IMITATED.contains(lower) || METHODS.contains(lower) || contains(lower) || HopByHop.contains(lower);
    }

    /** Plain ASCII: field names have nothing else. */
    static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
