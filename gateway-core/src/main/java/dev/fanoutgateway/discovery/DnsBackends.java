package dev.fanoutgateway.discovery;

import dev.fanoutgateway.discovery.DnsLook.Found;
import dev.fanoutgateway.discovery.DnsLook.Service;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Backends by DNS, asked for again when the answer's time to live is over, within bounds. Immutable: each method gives a
 * changed copy. Needs {@code dnsjava:dnsjava} on the class path. Safe for use by any thread.
 *
 * <p>Each address is a backend: the gateway connects to it, and sends the name as {@code Host} and for TLS. Addresses are in
 * numerical order, whatever order they come in. A name that does not exist, has no address, or cannot be resolved changes
 * nothing.
 *
 * <p>The name servers are the system's, with its search path and hosts file, or those that are given, and then the name is
 * complete as it is. An answer that is too long for UDP is fetched by TCP (RFC 7766).
 */
public final class DnsBackends implements BackendSource {
    private static final int HEAVIEST = 1_000;

    /** Which addresses are backends. */
    public enum Family {
        /** A records. */
        IPV4,
        /** AAAA records. */
        IPV6,
        /** A records; AAAA records if there are none. So a replica that has both is one backend. */
        IPV4_ELSE_IPV6,
        /** Both; a replica that has both counts as two. */
        BOTH
    }

    private final String scheme;
    private final String name;
    private final String url;
    private final List<InetSocketAddress> servers;
    private final Family family;
    private final Duration least;
    private final Duration most;
    private final Duration timeout;

    private DnsBackends(
            String scheme,
            String name,
            String url,
            List<InetSocketAddress> servers,
            Family family,
            Duration least,
            Duration most,
            Duration timeout) {
        this.scheme = scheme;
        this.name = name;
        this.url = url;
        this.servers = servers;
        this.family = family;
        this.least = least;
        this.most = most;
        this.timeout = timeout;
    }

    /**
     * The addresses of a URL's host, each a backend with the URL's scheme, port and path.
     *
     * @param url such as {@code http://api.internal:8080}; see {@link Backend#of}
     * @throws IllegalArgumentException if that is no URL, or its host is an address already
     * @throws IllegalStateException if dnsjava is not on the class path
     */
    public static DnsBackends addresses(String url) {
        String host = Backend.of("any", url).base().getHost();
        if (host.startsWith("[") || host.matches("[0-9.]+")) {
            throw new IllegalArgumentException("expected a host's name to be resolved, got the address " + host);
        }
        return made("", host, url);
    }

    /**
     * The targets of a name's SRV records (RFC 2782), each of their addresses a backend. Those of a lower priority value come
     * first in the group's order; which backends are asked is up to the selector, and all but {@code listed()} use all of
     * them. Weights are the records', in proportion from 1 to 1,000; several addresses of a target share its weight.
     *
     * @param scheme {@code http} or {@code https}
     * @param name such as {@code _api._tcp.internal}
     * @throws IllegalArgumentException if the scheme is another, or the name cannot be one
     * @throws IllegalStateException if dnsjava is not on the class path
     */
    public static DnsBackends services(String scheme, String name) {
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("expected the scheme http or https, got '" + scheme + "'");
        }
        if (!name.matches("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*\\.?") || name.length() > 254) {
            throw new IllegalArgumentException("expected a name such as _api._tcp.internal, got '" + name + "'");
        }
        return made(scheme, name, "");
    }

    private static DnsBackends made(String scheme, String name, String url) {
        try {
            DnsLook.requireLibrary();
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "expected dnsjava:dnsjava on the class path, which backends by DNS need", e);
        }
        return new DnsBackends(
                scheme,
                name,
                url,
                List.of(),
                Family.IPV4_ELSE_IPV6,
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                Duration.ofSeconds(5));
    }

    /** Asks these name servers, each when those before it do not answer, in place of the system's. */
    public DnsBackends servers(InetSocketAddress... addresses) {
        if (addresses.length == 0) {
            throw new IllegalArgumentException("expected at least one name server, got none");
        }
        List<InetSocketAddress> copy = List.copyOf(Arrays.asList(addresses));
        copy.forEach(address -> {
            if (address.isUnresolved()) {
                throw new IllegalArgumentException("expected the address of a name server, got " + address);
            }
        });
        return new DnsBackends(scheme, name, url, copy, family, least, most, timeout);
    }

    /** Takes other addresses; {@link Family#IPV4_ELSE_IPV6} by default. */
    public DnsBackends family(Family other) {
        return new DnsBackends(scheme, name, url, servers, other, least, most, timeout);
    }

    /**
     * Asks again after the answer's time to live, but after this time at the soonest and that at the latest, 100 ms to 1 day;
     * 5 s and 1 min by default. The latest holds for what cannot be resolved as well: then it asks again after 1 s, and ever
     * less often, after this time or 30 s at the latest.
     */
    public DnsBackends between(Duration soonest, Duration latest) {
        if (soonest.compareTo(Duration.ofMillis(100)) < 0
                || latest.compareTo(Duration.ofDays(1)) > 0
                || soonest.compareTo(latest) > 0) {
            throw new IllegalArgumentException(
                    "expected intervals of 100ms to 1 day, the shorter one first, got " + soonest + " and " + latest);
        }
        return new DnsBackends(scheme, name, url, servers, family, soonest, latest, timeout);
    }

    /**
     * How long one look may take, all its questions and their repetitions together, 10 ms to 20 s; 5 s by default. A name
     * server has a quarter of that for an answer before the question is repeated, or put to the next one.
     */
    public DnsBackends timeout(Duration other) {
        if (other.compareTo(Duration.ofMillis(10)) < 0 || other.compareTo(Duration.ofSeconds(20)) > 0) {
            throw new IllegalArgumentException("expected a timeout of 10ms to 20s, got " + other);
        }
        return new DnsBackends(scheme, name, url, servers, family, least, most, other);
    }

    @Override
    public CompletionStage<Listing> list(String group) {
        DnsLook look = DnsLook.begin(servers, timeout);
        return CompletableFuture.completedFuture(url.isEmpty() ? services(group, look) : addresses(group, look));
    }

    /** The latest of {@link #between}. */
    @Override
    public Duration retryWithin() {
        return most;
    }

    private Listing addresses(String group, DnsLook look) {
        Found<InetAddress> found = look.addresses(name, family);
        Backend backend = Backend.of(group, url);
        return listing(found.values().stream().map(backend::at).toList(), found.ttlSeconds());
    }

    private Listing services(String group, DnsLook look) {
        Found<Service> found = look.services(name);
        long ttl = found.ttlSeconds();
        int heaviest =
                Collections.max(found.values().stream().map(Service::weight).toList());
        List<Backend> backends = new ArrayList<>();
        for (Service service : found.values()) {
            Found<InetAddress> addresses = look.addressesOrNone(service.target(), family);
            ttl = Math.min(ttl, addresses.ttlSeconds());
            URI base = URI.create(scheme + "://" + service.target() + ":" + service.port());
            int weight = weight(service.weight(), heaviest, addresses.values().size());
            Backend backend = new Backend(group, base.toString(), base).weight(weight);
            addresses.values().forEach(address -> backends.add(backend.at(address)));
        }
        if (backends.isEmpty()) {
            throw new Unavailable("no target of " + name + " has an address");
        }
        return listing(backends, ttl);
    }

    /** Zero stands for a very small share (RFC 2782); so does one. */
    private static int weight(int weight, int heaviest, int addresses) {
        double scale = heaviest > HEAVIEST ? (double) HEAVIEST / heaviest : 1;
        return Math.max(1, (int) Math.round(weight * scale / Math.max(1, addresses)));
    }

    private Listing listing(List<Backend> backends, long ttlSeconds) {
        Duration ttl = Duration.ofSeconds(ttlSeconds);
        Duration again = ttl.compareTo(least) < 0 ? least : ttl.compareTo(most) > 0 ? most : ttl;
        return new Listing(backends.stream().distinct().toList(), again);
    }

    @Override
    public String toString() {
        return "DNS " + name;
    }
}
