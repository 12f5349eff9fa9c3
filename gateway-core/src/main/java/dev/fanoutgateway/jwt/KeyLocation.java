package dev.fanoutgateway.jwt;

import java.net.URI;
import java.util.Locale;

/** Where a key set may come from. */
final class KeyLocation {
    private KeyLocation() {}

    static URI checked(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        String host = url.getHost();
        if (host == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException("expected a URL with a host, and without a user or a fragment");
        }
        if (!scheme.equals("https") && !(scheme.equals("http") && isHere(host))) {
            throw new IllegalArgumentException(
                    "expected https, or http on this machine, got " + scheme + " to " + host);
        }
        return url;
    }

    private static boolean isHere(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.equals("[::1]")
                || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }
}
