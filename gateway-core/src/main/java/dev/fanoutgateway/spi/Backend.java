package dev.fanoutgateway.spi;

import java.net.InetAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * One replica. Two are equal if they have the same group and id: with another weight or zone it is still the same replica,
 * and keeps what is known of it.
 *
 * @param group the group it belongs to
 * @param id names it within logs and records: its URL without credentials, and after a {@code #} its address if that is given
 * @param base where it is: {@code http} or {@code https}, a host, an optional port (1 to 65535) and path prefix; a request's
 *     path is appended to it
 * @param weight its share of the work compared with the others', 1 to 1,000; selectors that spread requests heed it
 * @param zone where it stands, such as {@code eu-1}; empty if that is not said
 * @param address where to connect to; null for what the host of {@code base} leads to. The {@code Host} field and the
 *     certificate are those of the host in any case
 */
public record Backend(
        String group,
        String id,
        URI base,
        int weight,
        String zone,
        @Nullable InetAddress address) {
    private static final int HEAVIEST = 1_000;
    private static final int LAST_PORT = 65_535;

    public Backend {
        if (weight < 1 || weight > HEAVIEST) {
            throw new IllegalArgumentException("expected a weight of 1 to " + HEAVIEST + ", got " + weight);
        }
        int port = base.getPort();
        if (port != -1 && (port < 1 || port > LAST_PORT)) {
            throw new PortOutOfRange(port);
        }
    }

    /** A backend that is where its host leads to. */
    public Backend(String group, String id, URI base, int weight, String zone) {
        this(group, id, base, weight, zone, null);
    }

    /** A backend of weight 1 in no zone. */
    public Backend(String group, String id, URI base) {
        this(group, id, base, 1, "");
    }

    /**
     * A backend from its URL.
     *
     * @throws PortOutOfRange if all but the port is in order
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
        return new Backend(group, id, base, other, zone, address);
    }

    /** This backend in another zone. */
    public Backend zone(String other) {
        return new Backend(group, id, base, weight, other, address);
    }

    /** The one of several behind the host of this backend that has this address. */
    public Backend at(InetAddress other) {
        return new Backend(group, base + "#" + other.getHostAddress(), base, weight, zone, other);
    }

    /** Whether all is equal, and not only group and id. */
    public boolean sameAs(Backend other) {
        return equals(other)
                && base.equals(other.base)
                && weight == other.weight
                && zone.equals(other.zone)
                && (address == null ? other.address == null : address.equals(other.address));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Backend that && id.equals(that.id) && group.equals(that.group));
    }

    @Override
    public int hashCode() {
        return 31 * group.hashCode() + id.hashCode();
    }

    /** A port that there is not. The message shows the port and nothing else of the URL. */
    public static final class PortOutOfRange extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        PortOutOfRange(int port) {
            super("expected a port of 1 to " + LAST_PORT + ", got " + port);
        }
    }
}
