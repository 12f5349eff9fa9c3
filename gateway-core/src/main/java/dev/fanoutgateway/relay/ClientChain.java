package dev.fanoutgateway.relay;

import dev.fanoutgateway.http.Headers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request as far as trusted proxies tell it: from whoever has connected back to the first who is not trusted,
 * and who is the client. What that one claims to be before it is not believed.
 *
 * @param hops the addresses, the client first; at least one
 * @param proto the scheme that the client has used; empty if not told
 * @param host the host that it has asked for; empty if not told
 */
record ClientChain(List<String> hops, String proto, String host) {
    /**
     * Reads {@code Forwarded} and {@code X-Forwarded-For}. Where both are there and tell of different clients, one of them
     * was passed on unread, and none is believed: the client is whoever has connected. So is a hop that is unknown, hidden or
     * unreadable: the way ends after it.
     *
     * @param peer who has connected, and is trusted
     */
    static ClientChain of(String peer, Headers headers, TrustedProxies trusted) {
        List<ForwardedElement> elements = ForwardedElement.parse(headers.all("Forwarded"));
        List<String> listed = members(headers.all("X-Forwarded-For"));
        boolean forwarded = elements == null || !elements.isEmpty();
        if (!forwarded) {
            return new ClientChain(
                    hops(peer, listed, trusted),
                    proto(last(headers.all("X-Forwarded-Proto"))),
                    host(last(headers.all("X-Forwarded-Host"))));
        }
        if (elements == null) {
            return new ClientChain(List.of(peer), "", "");
        }
        List<String> hops =
                hops(peer, elements.stream().map(ForwardedElement::node).toList(), trusted);
        if (!listed.isEmpty() && !hops.get(0).equals(hops(peer, listed, trusted).get(0))) {
            return new ClientChain(List.of(peer), "", "");
        }
        ForwardedElement first = elements.get(Math.max(0, elements.size() - Math.max(1, hops.size() - 1)));
        return new ClientChain(hops, proto(first.proto()), host(first.host()));
    }

    private static List<String> hops(String peer, List<String> nodes, TrustedProxies trusted) {
        List<String> hops = new ArrayList<>();
        hops.add(peer);
        String last = peer;
        for (int i = nodes.size() - 1; i >= 0 && trusted.contains(last); i--) {
            String address = Node.addressOf(nodes.get(i));
            if (address == null) {
                break;
            }
            hops.add(address);
            last = address;
        }
        Collections.reverse(hops);
        return hops;
    }

    /** The members of a list on all its lines; empty ones are none. */
    static List<String> members(List<String> lines) {
        if (lines.isEmpty()) {
            return List.of();
        }
        List<String> members = new ArrayList<>();
        for (String line : lines) {
            int start = 0;
            while (start <= line.length()) {
                int comma = line.indexOf(',', start);
                int end = comma < 0 ? line.length() : comma;
                String member = FieldText.trimmed(line, start, end);
                if (!member.isEmpty()) {
                    members.add(member);
                }
                start = end + 1;
            }
        }
        return members;
    }

    private static String last(List<String> lines) {
        List<String> members = members(lines);
        return members.isEmpty() ? "" : members.get(members.size() - 1);
    }

    private static String proto(String told) {
        return told.equalsIgnoreCase("https") ? "https" : told.equalsIgnoreCase("http") ? "http" : "";
    }

    private static String host(@Nullable String told) {
        return told != null && FieldText.isHost(told) ? told : "";
    }
}
