package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RateLimiter;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A limiter that answers later, on a thread of its own, as one in Redis does. */
class RemoteLimiterContractTest extends FilterContract {
    private final HandLimiter limiter = new HandLimiter();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDecisionThatComesSoonIsHeeded(boolean blocking) throws Exception {
        startLimited(blocking);
        backend.enqueue(json("{}"));
        limiter.answering = decision -> new Thread(() -> decision.complete(HandLimiter.ALLOWED)).start();
        assertThat(get("/api/a").statusCode()).isEqualTo(200);
        assertThat(get("/api/a").headers().firstValue("Age")).isPresent();

        limiter.answering = decision -> new Thread(() -> decision.complete(HandLimiter.REFUSED)).start();
        HttpResponse<String> refused = get("/api/a");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("7");
    }

    @Test
    void aDecisionThatComesWhenTheThreadIsGoneIsHeededToo() throws Exception {
        startLimited(false);
        backend.enqueue(json("{}"));
        BlockingQueue<CompletableFuture<RateLimiter.Decision>> asked = new LinkedBlockingQueue<>();
        limiter.answering = asked::add;
        for (RateLimiter.Decision decision : List.of(HandLimiter.ALLOWED, HandLimiter.ALLOWED, HandLimiter.REFUSED)) {
            CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                    request("/api/a").header("X-API-Key", "some-key").build(), BodyHandlers.ofString());
            CompletableFuture<RateLimiter.Decision> pending = asked.take();
            assertThat(app.seen.take().async()).isTrue();
            pending.complete(decision);
            assertThat(answer.get().statusCode()).isEqualTo(decision.allowed() ? 200 : 429);
        }
        assertThat(backend.getRequestCount()).isEqualTo(1);
    }

    private void startLimited(boolean blocking) throws Exception {
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .plan(Plan.of("basic").limit(Limit.perSecond(1)))
                .key("demo", "some-key", "basic")
                .rateLimiter(limiter)
                .route(Route.path("/api/**").build())
                .build();
        start(new GatewayFilter(gateway).blocking(blocking));
    }

    private HttpResponse<String> get(String target) throws Exception {
        return send(request(target).header("X-API-Key", "some-key"));
    }

    private static final class HandLimiter implements RateLimiter {
        static final Decision ALLOWED =
                new Decision(true, List.of(new State("1/1s", 0, Duration.ofSeconds(1))), 0, Duration.ZERO, null);
        static final Decision REFUSED = new Decision(
                false, List.of(new State("1/1s", 0, Duration.ofSeconds(7))), 0, Duration.ofSeconds(7), null);

        volatile Answering answering = decision -> {};

        @Override
        public CompletionStage<Decision> tryAcquire(Request request) {
            CompletableFuture<Decision> decision = new CompletableFuture<>();
            answering.to(decision);
            return decision;
        }

        @Override
        public CompletionStage<@Nullable Void> settle(Lease lease, Settlement settlement) {
            return CompletableFuture.completedFuture(null);
        }

        private interface Answering {
            void to(CompletableFuture<Decision> decision);
        }
    }
}
