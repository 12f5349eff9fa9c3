package dev.fanoutgateway.spi;

import java.net.URI;

/**
 * One replica.
 *
 * @param group the group it belongs to
 * @param id names it within logs and records: its URL without credentials
 * @param base where it is: {@code http} or {@code https}, a host, an optional port and path prefix; a request's path is
 *     appended to it
 * @param weight its share of the work compared with the others', 1 to 1,000; selectors that spread requests heed it
 * @param zone where it stands, such as {@code eu-1}; empty if that is not said
 */
public record Backend(String group, String id, URI base, int weight, String zone) {
    private static final int HEAVIEST = 1_000;

    public Backend {
        if (weight < 1 || weight > HEAVIEST) {
            throw new IllegalArgumentException("expected a weight of 1 to " + HEAVIEST + ", got " + weight);
        }
    }

    /** A backend of weight 1 in no zone. */
    public Backend(String group, String id, URI base) {
        this(group, id, base, 1, "");
    }

    /**
     * A backend from its URL.
     *
     * @throws IllegalArgumentException if the URL is not absolute, is not http or https, or has a user, query or fragment
     */
    public static Backend of(String group, String url) {
        URI base;
        try {
            base = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "expected a backend URL such as http://10.0.0.1:8080, got '" + url + "'", e);
        }
        boolean web = "http".equalsIgnoreCase(base.getScheme()) || "https".equalsIgnoreCase(base.getScheme());
        if (!web || base.getHost() == null) {
            throw new IllegalArgumentException(
                    "expected a backend URL such as http://10.0.0.1:8080, got '" + url + "'");
        }
        if (base.getRawUserInfo() != null || base.getRawQuery() != null || base.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "expected a backend URL without user, query and fragment, got one for host " + base.getHost());
        }
        String path = base.getRawPath() == null ? "" : base.getRawPath();
        String prefix = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        URI normal = URI.create(base.getScheme() + "://" + base.getRawAuthority() + prefix);
        return new Backend(group, normal.toString(), normal);
    }

    /** This backend with another weight, 1 to 1,000. */
    public Backend weight(int other) {
        return new Backend(group, id, base, other, zone);
    }

    /** This backend in another zone. */
    public Backend zone(String other) {
        return new Backend(group, id, base, weight, other);
    }
}
