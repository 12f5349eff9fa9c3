package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A caller's key goes into the gateway and never out again, by whatever door, however it was presented. */
@Isolated("takes over the standard error stream, where the log goes")
class NoSecretTest {
    private static final String KEY = "s3cr3t-K3Y~x";
    private static final String ENCODED = "s3cr3t%2DK3Y%7ex";

    static Stream<GatewayRequest> requests() {
        GatewayRequest plain = GatewayRequest.get("/api/v1/prices?symbol=IBM").from("192.0.2.1");
        return Stream.of(
                plain.header("X-API-Key", KEY),
                plain.header("x-api-key", KEY).header("X_API_Key", KEY),
                plain.header("Authorization", "Bearer " + KEY),
                plain.header("authorization", "bEaReR   " + KEY),
                plain.withQuery("api_key=" + KEY + "&symbol=IBM"),
                plain.withQuery("symbol=IBM&api_key=" + KEY),
                plain.withQuery("symbol=IBM&api%5fkey=" + ENCODED),
                plain.withQuery("%61pi_key=" + ENCODED + "&&symbol=IBM&api_key=" + KEY),
                plain.withQuery("api_key=" + KEY).header("X-API-Key", KEY).header("Authorization", "Bearer " + KEY));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void ofACallerThatIsServed(GatewayRequest request) {
        Traces traces = new Traces();
        traces.stand.builder.key("demo", KEY, "any");
        traces.stand.all(Script.ok("prices"));
        traces.run(request, 200, 200);
        assertThat(traces.stand.backends.requests()).isNotEmpty();
        assertThat(traces.stand.backends.requests())
                .allSatisfy(sent -> assertThat(sent.request()
                                .headers()
                                .without(Set.of(
                                        "X-Request-Timeout-Ms",
                                        "X-Attempt",
                                        "Forwarded",
                                        "X-Forwarded-For",
                                        "Via",
                                        "X-Request-Id",
                                        "traceparent")::contains)
                                .size())
                        .isZero());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void ofACallerForWhomNobodyHasAnAnswer(GatewayRequest request) {
        Traces traces = new Traces();
        traces.stand.builder.key("demo", KEY, "any");
        traces.stand
                .on("a", Script.fails(Failure.UNREACHABLE))
                .on("b", Script.answers(500, "broken"))
                .on("c", Script.answers(404, "none"));
        traces.run(request, 404, 404);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void ofACallerThatIsNotKnown(GatewayRequest request) {
        Traces traces = new Traces();
        traces.stand.builder.key("demo", "another-key", "any");
        traces.run(request, 401, 401);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void whenTheAuthenticatorFailsWithTheKeyInItsMessage(GatewayRequest request) {
        Traces traces = new Traces();
        traces.stand.builder.authenticator(credential -> {
            throw new IllegalStateException("no such key: " + credential.secret());
        });
        traces.run(request, 503, 503);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void whereNoKeyIsWantedAndOneIsSentAsAKey(GatewayRequest request) {
        if (request.headers().contains("Authorization")) {
            return; // belongs to the backend on such a route, see Auth.NONE
        }
        Traces traces = new Traces();
        traces.stand.all(Script.ok("prices"));
        traces.run(request, 200, 200);
    }

    /** Everything that leaves the gateway, as text. */
    private static final class Traces implements ResponseCache {
        final Stand stand = new Stand();
        private final List<String> texts = new ArrayList<>();

        Traces() {
            stand.route(everything().cache(CachePolicy.standard()));
            stand.builder.cache(this);
        }

        void run(GatewayRequest request, int... statuses) {
            PrintStream before = System.err;
            ByteArrayOutputStream log = new ByteArrayOutputStream();
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            try {
                for (int status : statuses) {
                    GatewayResponse response = stand.answer(request);
                    assertThat(response.status()).isEqualTo(status);
                    texts.add(Stand.wire(response));
                    texts.add(response.toString());
                }
                stand.pass(600_000);
            } finally {
                System.setErr(before);
            }
            texts.add(log.toString(StandardCharsets.UTF_8));
            texts.add(request.toString());
            texts.add(stand.gateway().toString());
            texts.addAll(stand.backends.events());
            stand.backends.requests().forEach(this::sent);
            Stream.of(stand.records, stand.attempts, stand.messages, stand.delivered)
                    .flatMap(List::stream)
                    .map(Object::toString)
                    .forEach(texts::add);
            assertThat(texts).allSatisfy(text -> assertThat(text).doesNotContainIgnoringCase(KEY, ENCODED, "s3cr3t"));
        }

        private void sent(BackendRequest sent) {
            texts.add(sent.toString());
            texts.add(sent.request().target());
            sent.request().headers().forEach((name, value) -> texts.add(name + ": " + value));
        }

        @Override
        public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
            texts.add(key.toString());
            return CompletableFuture.completedFuture(Optional.empty());
        }

        @Override
        public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
            texts.add(key.toString());
            texts.add(response.toString());
            response.headers().forEach((name, value) -> texts.add(name + ": " + value));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
            return CompletableFuture.completedFuture(null);
        }
    }
}
