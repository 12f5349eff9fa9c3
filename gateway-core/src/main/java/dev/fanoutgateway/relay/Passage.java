package dev.fanoutgateway.relay;

import dev.fanoutgateway.http.Arrival;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.relay.Relay.ClientFields;
import dev.fanoutgateway.relay.Relay.Trace;
import dev.fanoutgateway.spi.Caller;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A request's way through the gateway as an intermediary: what is known of it when it comes, what it is sent on with, what is
 * said of it in the answer. Never throws, whatever a message holds. Immutable; safe for use by any thread.
 */
public final class Passage {
    private static final Set<String> EACH_REQUESTS =
            Set.of("via", "forwarded", "x-forwarded-for", "traceparent", "tracestate");

    private final Relay.Parts relay;
    private final String name;
    private final Set<String> ours = new HashSet<>();

    private Passage(Relay.Parts relay, String name) {
        this.relay = relay;
        this.name = name;
        List<String> set = List.of("via", "host", "proxy", "traceparent", "tracestate", "forwarded");
        ours.addAll(set);
        ours.addAll(List.of("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"));
        for (String field : List.of(relay.requestId, relay.callerId, relay.callerPlan)) {
            ours.add(field.toLowerCase(Locale.ROOT));
        }
    }

    /** For one gateway. */
    public static Passage of(Relay relay) {
        Relay.Parts parts = relay.parts();
        boolean named = !parts.via.isEmpty();
        return new Passage(
                parts,
                named ? parts.via : "fanout-gateway-" + RandomHex.eightOctets().substring(8));
    }

    /** {@code request} with what trusted proxies say of its client, and with an id. */
    public GatewayRequest arrived(GatewayRequest request) {
        GatewayRequest known = request;
        if (relay.proxies.contains(request.clientAddress())) {
            ClientChain chain = ClientChain.of(request.clientAddress(), request.headers(), relay.proxies);
            Arrival by = request.arrival();
            String scheme = chain.proto().isEmpty() ? by.scheme() : chain.proto();
            known = request.from(chain.hops().get(0))
                    .withArrival(new Arrival(scheme, by.version(), chain.host(), chain.hops(), true, by.id()));
        }
        return relay.requestId.isEmpty()
                ? known
                : known.withArrival(known.arrival().withId(idOf(request.headers())));
    }

    private String idOf(Headers headers) {
        String given = null;
        for (int i = 0; i < headers.size(); i++) {
            String field = headers.name(i);
            if (field.length() == relay.requestId.length() && field.equalsIgnoreCase(relay.requestId)) {
                if (given != null) {
                    return RequestIds.made(); // two ids are none
                }
                given = headers.value(i);
            }
        }
        return given != null && RequestIds.isValid(given) ? given : RequestIds.made();
    }

    /** Whether the request has been here before. */
    public boolean loops(Headers request) {
        return request.contains("Via") && Via.tellsOf(name, request.all("Via"));
    }

    /** What {@code Max-Forwards} says; -1 if that is no number of 1 to 9 digits. */
    public static long maxForwards(String value) {
        String digits = FieldText.trimmed(value, 0, value.length());
        long number = 0;
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return -1;
            }
            number = number * 10 + digits.charAt(i) - '0';
        }
        return digits.isEmpty() || digits.length() > 9 ? -1 : number;
    }

    /** The host that the client has asked for, in lower case; empty if it is not known, or not one. */
    public static String hostOf(GatewayRequest request) {
        if (!request.arrival().host().isEmpty()) {
            return request.arrival().host().toLowerCase(Locale.ROOT);
        }
        List<String> lines = request.headers().all("Host");
        return lines.size() == 1 && FieldText.isHost(lines.get(0))
                ? lines.get(0).toLowerCase(Locale.ROOT)
                : "";
    }

    /** {@code request} as it is sent to a backend. */
    public GatewayRequest outbound(GatewayRequest request, Outbound how) {
        Headers given = request.headers();
        Headers.Builder sent = Headers.builder();
        for (int i = 0; i < given.size(); i++) {
            if (isPassedOn(given.name(i), request, how)) {
                boolean counted =
                        request.method().equals("OPTIONS") && given.name(i).equalsIgnoreCase("Max-Forwards");
                long left = counted ? maxForwards(given.value(i)) : -1;
                sent.add(given.name(i), left > 0 ? Long.toString(left - 1) : given.value(i));
            }
        }
        if (how.keepsHost() && !hostOf(request).isEmpty()) {
            sent.add("Host", hostOf(request));
        }
        tellOfClient(request, how, sent);
        tellOfRequest(request, sent);
        tellOfCaller(how, sent);
        if (how.readable()) {
            sent.set("Accept-Encoding", "identity");
        }
        how.own().forEach((field, value) -> sent.remove(field));
        return request.withHeaders(sent.addAll(how.own()).build());
    }

    private boolean isPassedOn(String field, GatewayRequest request, Outbound how) {
        String lower = ClaimedFields.lower(field);
        if (lower.indexOf('_') >= 0) {
            String imitated = lower.replace('_', '-');
            return !ours.contains(imitated)
                    && !ClaimedFields.isImitated(imitated)
                    && !relay.dropped.contains(imitated)
                    && !how.own().contains(imitated);
        }
        if (ours.contains(lower) || relay.dropped.contains(lower)) {
            return false;
        }
        if (ClaimedFields.changesMethod(lower)) {
            return !request.isSafe();
        }
        return !ClaimedFields.contains(lower)
                || relay.kept.contains(lower)
                || (request.arrival().trusted() && ClaimedFields.isToldByProxies(lower));
    }

    private void tellOfClient(GatewayRequest request, Outbound how, Headers.Builder sent) {
        List<String> hops = hopsOf(request);
        boolean named = !how.shared() || how.keepsHost();
        String proto = !relay.publicScheme.isEmpty()
                ? relay.publicScheme
                : named ? request.arrival().scheme() : "";
        String host = !relay.publicHost.isEmpty() ? relay.publicHost : named ? hostOf(request) : "";
        if (relay.client == ClientFields.BOTH || relay.client == ClientFields.FORWARDED) {
            sent.add("Forwarded", forwarded(hops, proto, host));
        }
        if (relay.client == ClientFields.BOTH || relay.client == ClientFields.X_FORWARDED) {
            if (!hops.isEmpty()) {
                sent.add("X-Forwarded-For", String.join(", ", hops));
            }
            if (!proto.isEmpty()) {
                sent.add("X-Forwarded-Proto", proto);
            }
            if (!host.isEmpty()) {
                sent.add("X-Forwarded-Host", host);
            }
        }
    }

    private static List<String> hopsOf(GatewayRequest request) {
        List<String> known = request.arrival().hops();
        boolean unknown = known.isEmpty() && Node.addressOf(request.clientAddress()) == null;
        return unknown ? List.of() : known.isEmpty() ? List.of(request.clientAddress()) : known;
    }

    /** What the client has asked for stands at its own element (RFC 7239 section 4). */
    private static String forwarded(List<String> hops, String proto, String host) {
        StringBuilder text = new StringBuilder("for=").append(hops.isEmpty() ? "unknown" : Node.forwarded(hops.get(0)));
        if (!host.isEmpty()) {
            text.append(";host=").append(FieldText.isToken(host) ? host : '"' + host + '"');
        }
        if (!proto.isEmpty()) {
            text.append(";proto=").append(proto);
        }
        for (int i = 1; i < hops.size(); i++) {
            text.append(", for=").append(Node.forwarded(hops.get(i)));
        }
        return text.toString();
    }

    private void tellOfRequest(GatewayRequest request, Headers.Builder sent) {
        Headers given = request.headers();
        for (String line : given.all("Via")) {
            sent.add("Via", line);
        }
        sent.add("Via", request.arrival().version() + ' ' + name); // a line of its own, whatever others have written
        if (!relay.requestId.isEmpty()) {
            String id = request.arrival().id();
            sent.add(relay.requestId, id.isEmpty() ? RequestIds.made() : id);
        }
        TraceParent trace = TraceParent.parse(given.all("traceparent"));
        String state = trace == null ? "" : TraceState.combined(given.all("tracestate"));
        if (relay.trace == Trace.JOIN) {
            sent.add("traceparent", (trace == null ? TraceParent.started() : trace.joined()).value());
        } else if (trace != null) {
            String asGiven = given.all("traceparent").get(0);
            sent.add("traceparent", FieldText.trimmed(asGiven, 0, asGiven.length()));
        }
        if (!state.isEmpty()) {
            sent.add("tracestate", state);
        }
    }

    private void tellOfCaller(Outbound how, Headers.Builder sent) {
        Caller caller = how.caller();
        if (caller == null) {
            return;
        }
        add(relay.callerId, caller.id(), sent);
        add(relay.callerPlan, caller.plan(), sent);
    }

    /** A caller's id is the host's text: what no field can hold, or what may be read as another one, is not told. */
    private static void add(String field, String value, Headers.Builder sent) {
        if (!field.isEmpty() && value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            sent.add(field, value);
        }
    }

    /** What every answer says of its request: its id, and that a backend's answer came through the gateway. */
    public void answered(Arrival arrival, boolean backends, Headers.Builder answer) {
        if (!relay.requestId.isEmpty() && !arrival.id().isEmpty()) {
            answer.set(relay.requestId, arrival.id());
        }
        if (backends) {
            answer.add("Via", "1.1 " + name);
        }
    }

    /** Whether a response depends on what the gateway tells of one request only, so that it is for nobody else. */
    public boolean isPersonal(Headers response) {
        for (String member : ClientChain.members(response.all("Vary"))) {
            String lower = ClaimedFields.lower(member);
            if (EACH_REQUESTS.contains(lower) || lower.equalsIgnoreCase(relay.requestId)) {
                return true;
            }
        }
        return false;
    }
}
