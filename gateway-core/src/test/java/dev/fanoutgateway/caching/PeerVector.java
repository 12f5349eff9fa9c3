package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One generated exchange: a request, its response, time that passes, another request, and what came of asking again. */
record PeerVector(String code, Map<String, PeerChoice> choices, long receivedMillis, PeerAnswers theirs) {

    PeerChoice the(String feature) {
        PeerChoice choice = choices.get(feature);
        if (choice == null) {
            throw new IllegalArgumentException("no feature " + feature);
        }
        return choice;
    }

    GatewayRequest request() {
        Headers.Builder headers = Headers.builder();
        add(headers, "Cache-Control", "control");
        add(headers, "Authorization", "authorization");
        add(headers, "Cookie", "cookie");
        add(headers, "Accept", "accept");
        add(headers, "Accept-Encoding", "encoding");
        return GatewayRequest.of(the("method").text(), "/a").withHeaders(headers.build());
    }

    GatewayResponse response() {
        Headers.Builder headers = Headers.builder();
        addDirectives(headers, the("joint").text(), "said1", "said2", "said3");
        add(headers, "CDN-Cache-Control", "targeted");
        add(headers, "Expires", "expires");
        add(headers, "Date", "date");
        add(headers, "Age", "age");
        add(headers, "Last-Modified", "modified");
        add(headers, "ETag", "tag");
        add(headers, "Pragma", "pragma");
        add(headers, "Vary", "vary");
        add(headers, "Set-Cookie", "setCookie");
        return new GatewayResponse(status(), headers.build(), Body.empty());
    }

    GatewayRequest secondRequest() {
        Headers.Builder headers = Headers.builder();
        addDirectives(headers, ", ", "control2a", "control2b");
        add(headers, "Pragma", "pragma2");
        add(headers, "Authorization", "authorization2");
        add(headers, "Cookie", "cookie2");
        add(headers, "Accept", "accept2");
        add(headers, "Accept-Encoding", "encoding2");
        return GatewayRequest.of(the("method2").text(), "/a").withHeaders(headers.build());
    }

    Headers notModified() {
        Headers.Builder headers = Headers.builder();
        add(headers, "Cache-Control", "updateSaid");
        add(headers, "Expires", "updateExpires");
        add(headers, "Date", "updateDate");
        add(headers, "ETag", "updateTag");
        add(headers, "Last-Modified", "updateModified");
        return headers.build();
    }

    int status() {
        return Integer.parseInt(the("status").text());
    }

    long delayMillis() {
        return the("delay").seconds() * 1000;
    }

    long laterMillis() {
        return receivedMillis + the("elapsed").seconds() * 1000;
    }

    PeerFacts facts() {
        return new PeerFacts(
                the("method").text(),
                PeerSaid.of(List.of(the("control"))),
                !the("authorization").absent(),
                !the("cookie").absent(),
                status(),
                PeerSaid.of(List.of(the("said1"), the("said2"), the("said3"))),
                PeerSaid.of(List.of(the("targeted"))),
                the("expires"),
                the("date"),
                the("age"),
                the("modified"),
                the("tag"),
                the("pragma"),
                the("vary"),
                !the("setCookie").absent(),
                receivedMillis,
                delayMillis());
    }

    /** The stored response with the fields of the 304 in place of its own: RFC 9111 section 3.2. */
    PeerFacts updatedFacts() {
        PeerFacts before = facts();
        PeerChoice absent = new PeerChoice(
                List.of(), Map.of(), HttpDates.INVALID, "", the("tag").node().path("none"));
        PeerSaid news = PeerSaid.of(List.of(the("updateSaid")));
        return new PeerFacts(
                before.method(),
                before.control(),
                before.authorization(),
                before.cookie(),
                before.status(),
                news.present() ? news : before.cacheControl(),
                before.targeted(),
                the("updateExpires").absent() ? before.expires() : the("updateExpires"),
                the("updateDate"),
                absent,
                the("updateModified").absent() ? before.modified() : the("updateModified"),
                before.tag(),
                before.pragma(),
                before.vary(),
                false, // those of the stored response were not stored, or it would not be
                laterMillis(),
                0);
    }

    PeerSaid secondControl() {
        return PeerSaid.of(List.of(the("control2a"), the("control2b")));
    }

    private void add(Headers.Builder headers, String name, String feature) {
        the(feature).lines().forEach(line -> headers.add(name, line));
    }

    private void addDirectives(Headers.Builder headers, String joint, String... features) {
        List<String> said = Stream.of(features)
                .map(this::the)
                .filter(choice -> !choice.absent())
                .map(PeerChoice::text)
                .toList();
        if (!said.isEmpty()) {
            for (String line : String.join(joint, said).split("\n", -1)) {
                headers.add("Cache-Control", line);
            }
        }
    }
}
