package dev.fanoutgateway.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.testing.FakeClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is signed, by what a backend makes of it. */
class SigningClientTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String NEXT = "fedcba9876543210fedcba9876543210";
    private static final String OTHER = "no secret of anybody's at all, is it";

    private final FakeClock clock = new FakeClock();
    private final List<GatewayRequest> sent = new ArrayList<>();
    private final SignatureVerifier verifier = verifier("old", SECRET);
    private final Backend backend = Backend.of("g", "http://API.internal:8080/base");

    @Test
    void aGetIsSignedAsItIsSent() {
        GatewayRequest signed = send(GatewayRequest.get("/p/%41?a=1&b=%20"));
        assertThat(signed.headers().first("Signature-Input").orElse(""))
                .matches("gateway=\\(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\"\\);"
                        + "created=1767225600;nonce=\"[A-Za-z0-9_-]{22}\";keyid=\"old\";tag=\"fanout-gateway\"");
        assertThat(signed.headers().first("Signature").orElse("")).matches("gateway=:[A-Za-z0-9+/]{43}=:");
        assertThat(signed.headers().first("Content-Digest"))
                .contains("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
        assertThat(accepted(signed, new byte[0])).isTrue();
    }

    @Test
    void contentIsDigested() {
        GatewayRequest signed = send(GatewayRequest.of("POST", "/p").withBody(Body.utf8("{\"hello\": \"world\"}")));
        assertThat(signed.headers().first("Content-Digest"))
                .contains("sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:");
        assertThat(accepted(signed, bytes("{\"hello\": \"world\"}"))).isTrue();
        assertThat(accepted(send(GatewayRequest.of("POST", "/p").withBody(Body.utf8("a"))), bytes("b")))
                .isFalse();
    }

    @Test
    void contentThatPassesIsSignedByItsLengthOnly() {
        Body stream = Body.stream(subscriber -> {}, 1_000_000);
        GatewayRequest signed = send(GatewayRequest.of("PUT", "/p").withBody(stream));
        assertThat(signed.headers().contains("Content-Digest")).isFalse();
        assertThat(signed.headers().first("Signature-Input").orElse("")).contains("\"content-length\"");
        GatewayRequest received = signed.header("Content-Length", "1000000");
        assertThat(accepted(received, bytes("any")))
                .as("where the content has to be signed")
                .isFalse();
        assertThat(accepted(received, null)).as("where it need not be").isTrue();
        assertThat(accepted(send(signed).header("Content-Length", "1000001"), null))
                .isFalse();
        GatewayRequest unknown = send(GatewayRequest.of("PUT", "/p").withBody(Body.stream(subscriber -> {}, -1)));
        assertThat(unknown.headers().first("Signature-Input").orElse("")).doesNotContain("content-");
        assertThat(accepted(unknown, null)).isTrue();
    }

    @Test
    void whatAClientSendsOfOursIsDropped() {
        GatewayRequest signed = send(GatewayRequest.get("/p")
                .header("Signature", "gateway=:AAAA:")
                .header("signature-input", "gateway=()")
                .header("Content-Digest", "sha-256=:AAAA:")
                .header("Content_Digest", "sha-256=:AAAA:")
                .header("SIGNATURE_INPUT", "x=()"));
        for (String name : List.of("Signature", "Signature-Input", "Content-Digest")) {
            assertThat(signed.headers().all(name)).as(name).hasSize(1);
        }
        assertThat(signed.headers().contains("Content_Digest")).isFalse();
        assertThat(signed.headers().contains("SIGNATURE_INPUT")).isFalse();
        assertThat(accepted(signed, new byte[0])).isTrue();
    }

    @Test
    void everyAttemptHasANonceOfItsOwn() {
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            nonces.add(send(GatewayRequest.get("/p"))
                    .headers()
                    .first("Signature-Input")
                    .orElse(""));
        }
        assertThat(nonces).hasSize(1_000);
    }

    @Test
    void aRequestIsTakenOnceAndForAWhile() {
        GatewayRequest signed = send(GatewayRequest.get("/p"));
        clock.advance(Duration.ofSeconds(60));
        assertThat(accepted(signed, new byte[0])).isTrue();
        assertThat(accepted(signed, new byte[0])).as("again").isFalse();
        GatewayRequest late = send(GatewayRequest.get("/p"));
        clock.advance(Duration.ofSeconds(61));
        assertThat(accepted(late, new byte[0])).isFalse();
    }

    @Test
    void whateverIsChangedOnTheWayIsNoticed() {
        List<UnaryOperator<GatewayRequest>> changes = List.of(
                request -> request.withMethod("DELETE"),
                request -> request.withQuery("a=2"),
                request -> request.withQuery(null),
                request -> GatewayRequest.get("/q?a=1").withHeaders(request.headers()),
                request -> set(request, "Host", "other.internal:8080"),
                request -> set(request, "Host", "api.internal"),
                request -> set(request, "X-Caller-Id", "mallory"),
                request -> set(request, "X-Caller-Id", ""),
                request -> request.withHeaders(request.headers().without("X-Caller-Id"::equals)),
                request -> request.header("X-Caller-Id", "mallory"),
                request -> request.header("x-caller-plan", "gold"),
                request -> set(request, "Content-Digest", "sha-256=:AAAA:"),
                request -> request.withHeaders(request.headers().without("Content-Digest"::equals)),
                request -> request.withHeaders(request.headers().without("Signature"::equals)),
                request -> request.withHeaders(request.headers().without("Signature-Input"::equals)),
                request -> set(request, "Signature", "gateway=:" + "A".repeat(43) + "=:"),
                request -> set(request, "Signature", "gateway=::"),
                request -> request.header("Signature", "x=:AAAA:"),
                request -> input(request, "\"@query\" ", ""),
                request -> input(request, " \"content-digest\"", ""),
                request -> input(request, "created=1767225600", "created=1767225601"),
                request -> input(request, "nonce=\"", "nonce=\"A"),
                request -> input(request, "nonce=\"", "nonce=\"").header("X-Caller-Id", "x"),
                request -> input(request, "tag=\"fanout-gateway\"", "tag=\"other\""),
                request -> input(request, "keyid=\"old\"", "keyid=\"new\""),
                request -> input(request, "\"@method\"", "\"@method\" \"@method\""));
        for (UnaryOperator<GatewayRequest> change : changes) {
            GatewayRequest signed = send(
                    signing().covering("X-Caller-Id", "X-Caller-Plan"),
                    GatewayRequest.get("/p?a=1").header("X-Caller-Id", "alice"));
            assertThat(accepted(change.apply(signed), new byte[0]))
                    .as("change " + changes.indexOf(change))
                    .isFalse();
            assertThat(accepted(signed, new byte[0])).as("and not used up").isTrue();
        }
    }

    @Test
    void whoeverHasNotTheSecretCannotSign() {
        GatewayRequest forged = send(RequestSigning.hmac("old", OTHER), GatewayRequest.get("/p"));
        assertThat(accepted(forged, new byte[0])).isFalse();
        assertThat(accepted(GatewayRequest.get("/p"), new byte[0])).isFalse();
    }

    @Test
    void whileKeysAreChangedBackendsMayKnowEither() {
        RequestSigning both = signing().andHmac("new", NEXT);
        for (SignatureVerifier one : List.of(verifier, verifier("new", NEXT))) {
            GatewayRequest signed = send(both, GatewayRequest.get("/p"));
            assertThat(accepted(one, signed, new byte[0])).isTrue();
        }
        assertThat(accepted(verifier("third", OTHER), send(both, GatewayRequest.get("/p")), new byte[0]))
                .isFalse();
    }

    @Test
    void aHostThatIsPassedOnIsTheOneThatIsSigned() {
        GatewayRequest signed = send(GatewayRequest.get("/p").header("Host", "Shop.Example"));
        assertThat(signed.headers().all("Host")).containsExactly("shop.example");
        assertThat(accepted(signed, new byte[0])).isTrue();
    }

    @Test
    void otherGroupsAreNotSignedAndWithoutAnyNothingIsInBetween() {
        BackendClient inner = inner();
        assertThat(SigningClient.before(inner, Map.of(), clock)).isSameAs(inner);
        BackendClient client = SigningClient.before(inner, Map.of("g", signing()), clock);
        BackendRequest request = new BackendRequest(Backend.of("other", "http://b"), GatewayRequest.get("/p"), 1, 1);
        assertThatThrownBy(() -> client.newCall(request)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(sent).containsExactly(request.request());
    }

    @Test
    void whatCannotBeSignedIsRefusedAndNoSecretShown() {
        assertThatThrownBy(() -> RequestSigning.hmac("a", "short"))
                .hasMessage("expected a key of at least 32 bytes, got 5");
        assertThatThrownBy(() -> RequestSigning.hmac("a\"b", SECRET)).hasMessageStartingWith("expected a key's name");
        assertThatThrownBy(() -> signing().andHmac("old", NEXT)).hasMessageContaining("'old' twice");
        assertThatThrownBy(() -> signing().andHmac("new", NEXT).andHmac("x", OTHER))
                .hasMessageContaining("third");
        for (String field : List.of("Connection", "content-length", "Host", "Signature", "a b", "", "TE")) {
            assertThatThrownBy(() -> signing().covering(field)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(signing().andHmac("new", NEXT)).hasToString("RequestSigning[old, new]");
    }

    private static RequestSigning signing() {
        return RequestSigning.hmac("old", SECRET);
    }

    private static SignatureVerifier verifier(String keyId, String secret) {
        return new SignatureVerifier(Map.of(keyId, bytes(secret)), Set.of("x-caller-id", "x-caller-plan"), 60);
    }

    private GatewayRequest send(GatewayRequest request) {
        return send(signing(), request);
    }

    private GatewayRequest send(RequestSigning signing, GatewayRequest request) {
        BackendClient client = SigningClient.before(inner(), Map.of("g", signing), clock);
        assertThatThrownBy(() -> client.newCall(new BackendRequest(backend, request, 1, 1)))
                .isInstanceOf(UnsupportedOperationException.class);
        return sent.get(sent.size() - 1);
    }

    private boolean accepted(GatewayRequest received, byte @Nullable [] content) {
        return accepted(verifier, received, content);
    }

    private boolean accepted(SignatureVerifier by, GatewayRequest received, byte @Nullable [] content) {
        return by.accepts(
                received.method(),
                received.headers().first("Host").orElse(""),
                "/base" + received.path(),
                received.query(),
                received.headers()::all,
                content,
                clock.currentTimeMillis() / 1_000);
    }

    private static GatewayRequest set(GatewayRequest request, String name, String value) {
        return request.withHeaders(
                request.headers().toBuilder().set(name, value).build());
    }

    private static GatewayRequest input(GatewayRequest request, String part, String other) {
        String input = request.headers().first("Signature-Input").orElse("");
        return set(request, "Signature-Input", input.replace(part, other));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Keeps what it is given, and goes no further. */
    private BackendClient inner() {
        return new BackendClient() {
            @Override
            public Call newCall(BackendRequest request) {
                sent.add(request.request());
                throw new UnsupportedOperationException("no network here");
            }

            @Override
            public void close() {}
        };
    }
}
