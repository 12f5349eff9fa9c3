package dev.fanoutgateway.relay;

import dev.fanoutgateway.http.Headers;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the gateway as an intermediary tells backends and clients, and whom it believes. Immutable: each method gives a
 * changed copy.
 *
 * <p>By default nobody is believed; backends are told of the client by {@code Forwarded} and by {@code X-Forwarded-For},
 * {@code -Proto} and {@code -Host}, of the gateway by {@code Via}, of the request by {@code X-Request-Id} and of its trace by
 * {@code traceparent}.
 */
public final class Relay {
    private static final Relay STANDARD = new Relay(new Parts());

    private final Parts parts;

    private Relay(Parts parts) {
        this.parts = parts;
    }

    /** How backends are told who the client is. */
    public enum ClientFields {
        /** By {@code Forwarded} (RFC 7239) and by {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}, the default. */
        BOTH,
        /** By {@code Forwarded}. */
        FORWARDED,
        /** By {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}. */
        X_FORWARDED,
        /** Not at all. */
        NONE
    }

    /** What becomes of a request's trace (W3C Trace Context). */
    public enum Trace {
        /** The gateway is a step of it, with a parent id of its own; where there is no valid one it starts one. The default. */
        JOIN,
        /** A valid one is passed on unchanged, an invalid one is dropped, and none is started. */
        PASS
    }

    /** The defaults. */
    public static Relay standard() {
        return STANDARD;
    }

    /**
     * Believes these proxies before the gateway what they say of the client, in {@code Forwarded} and {@code X-Forwarded-*}, as
     * far as that is which way it has come. For fields that say who it is, and of which the proxy lets no client write its own,
     * there is {@link #keeping}.
     *
     * @param networks addresses and blocks such as {@code 10.0.0.0/8} or {@code fd00::/8}; never names
     * @throws IllegalArgumentException if one is none, or has bits beyond its prefix
     */
    public Relay trusting(String... networks) {
        return changed(copy -> copy.proxies = TrustedProxies.of(List.of(networks)));
    }

    /**
     * The gateway's name in {@code Via}. A request that tells of it has been here, and is refused with 508: give the same name
     * to all instances of one gateway, and different ones to gateways that follow each other. By default each instance has
     * one of its own, {@code fanout-gateway-} and a random number.
     *
     * @throws IllegalArgumentException if it is no token
     */
    public Relay via(String name) {
        if (!FieldText.isToken(name) || name.length() > 64) {
            throw new IllegalArgumentException("expected a name of 1 to 64 token characters, got '" + name + "'");
        }
        return changed(copy -> copy.via = name);
    }

    /** Tells backends of the client by these fields. What clients send of them is dropped in any case. */
    public Relay client(ClientFields fields) {
        return changed(copy -> copy.client = fields);
    }

    /**
     * The gateway's address as clients know it, which backends are told in place of the scheme and host of each request.
     * Without it they are told of both only where an answer is not stored for others, who may have used another name.
     *
     * @param url such as {@code https://api.example.org}, without a path
     * @throws IllegalArgumentException if it is anything else
     */
    public Relay publicUrl(String url) {
        URI uri = parsed(url);
        return changed(copy -> {
            copy.publicScheme = uri.getScheme().toLowerCase(Locale.ROOT);
            copy.publicHost = uri.getRawAuthority().toLowerCase(Locale.ROOT);
        });
    }

    /**
     * The field for a request's id, {@code X-Request-Id} by default: a client's own if that is 1 to 128 letters, digits and
     * {@code -._~+/=:@}, or else a random one. Backends, the answer and the log have it.
     *
     * @param field empty for no ids at all
     */
    public Relay requestId(String field) {
        return changed(copy -> copy.requestId = checked(field));
    }

    /** What becomes of a request's trace. */
    public Relay trace(Trace what) {
        return changed(copy -> copy.trace = what);
    }

    /**
     * Tells backends who calls, never with which key; clients' own fields of these names are dropped. Routes that store
     * answers then store them for each caller.
     *
     * @param id the field for the caller's id, such as {@code X-Caller-Id}; empty for none
     * @param plan the field for the plan's name; empty for none
     */
    public Relay caller(String id, String plan) {
        if (!id.isEmpty() && id.equalsIgnoreCase(plan)) {
            throw new IllegalArgumentException("expected two different fields, got " + id + " twice");
        }
        return changed(copy -> {
            copy.callerId = checked(id);
            copy.callerPlan = checked(plan);
        });
    }

    /**
     * Drops these fields of clients too, in addition to {@link ClaimedFields those by which someone could claim to be another}.
     */
    public Relay dropping(String... fields) {
        List<String> names = new ArrayList<>(parts.dropped);
        for (String field : fields) {
            names.add(checkedName(field).toLowerCase(Locale.ROOT));
        }
        return changed(copy -> copy.dropped = Set.copyOf(names));
    }

    /**
     * Passes these fields of clients on though they would be dropped by default: for backends that do not trust them, or
     * where a proxy before the gateway writes them. Those that change the method still do not go with GET, HEAD and OPTIONS.
     */
    public Relay keeping(String... fields) {
        List<String> names = new ArrayList<>(parts.kept);
        for (String field : fields) {
            names.add(checkedName(field).toLowerCase(Locale.ROOT));
        }
        return changed(copy -> copy.kept = Set.copyOf(names));
    }

    /** Whether backends are told who calls. */
    public boolean tellsCaller() {
        return !parts.callerId.isEmpty() || !parts.callerPlan.isEmpty();
    }

    Parts parts() {
        return parts;
    }

    private Relay changed(java.util.function.Consumer<Parts> change) {
        Parts copy = new Parts(parts);
        change.accept(copy);
        return new Relay(copy);
    }

    private static String checked(String field) {
        return field.isEmpty() ? field : checkedName(field);
    }

    private static String checkedName(String field) {
        if (!FieldText.isToken(field) || field.indexOf('_') >= 0) {
            throw new IllegalArgumentException("expected a field's name such as X-Caller-Id, got '" + field + "'");
        }
        Headers.of(field, "");
        return field;
    }

    private static URI parsed(String url) {
        try {
            URI uri = new URI(url);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            String authority = uri.getRawAuthority();
            boolean bare = (uri.getRawPath() == null || uri.getRawPath().isEmpty())
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
            if (http && bare && authority != null && FieldText.isHost(authority)) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // told below
        }
        String shown = url.indexOf('@') < 0 ? '\'' + url + '\'' : "one with a user"; // and maybe a password
        throw new IllegalArgumentException("expected a URL such as https://api.example.org, got " + shown);
    }

    /** Never changed once it belongs to a {@link Relay}. */
    static final class Parts {
        TrustedProxies proxies = TrustedProxies.of(List.of());
        String via = "";
        ClientFields client = ClientFields.BOTH;
        String publicScheme = "";
        String publicHost = "";
        String requestId = "X-Request-Id";
        Trace trace = Trace.JOIN;
        String callerId = "";
        String callerPlan = "";
        Set<String> dropped = Set.of();
        Set<String> kept = Set.of();

        Parts() {}

        Parts(Parts other) {
            proxies = other.proxies;
            via = other.via;
            client = other.client;
            publicScheme = other.publicScheme;
            publicHost = other.publicHost;
            requestId = other.requestId;
            trace = other.trace;
            callerId = other.callerId;
            callerPlan = other.callerPlan;
            dropped = other.dropped;
            kept = other.kept;
        }
    }
}
