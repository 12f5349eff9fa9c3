package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.BackendClient.Reply;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** More requests than may wait for backends. */
class OverloadTest {
    private final HandBackends backends = new HandBackends();
    private final Stand stand = new Stand();

    OverloadTest() {
        stand.builder.client(backends).backends("http://a").maxInFlight(10);
    }

    @AfterEach
    void close() {
        backends.answerAll(HandBackends.ok("late"));
        stand.close();
    }

    @Test
    void whatIsTooMuchIsRefusedAtOnceAndServedAgainLater() {
        stand.route(Stand.everything().cache(CachePolicy.off()));
        List<CompletableFuture<GatewayResponse>> waiting = ask(10);

        GatewayResponse refused = stand.answer("/more");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.headers().first("Retry-After")).contains("1");
        assertThat(refused.body().utf8()).contains("\"reason\": \"overloaded\"");
        assertThat(stand.outcomes()).containsExactly(Outcome.OVERLOADED);
        assertThat(backends.started).hasValue(10);

        backends.answerAll(HandBackends.ok("ok"));
        assertThat(waiting)
                .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
        List<CompletableFuture<GatewayResponse>> again = ask(10);
        assertThat(backends.started).hasValue(20);
        assertThat(again).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void whoLeavesMakesRoom() {
        stand.route(Stand.everything().cache(CachePolicy.off()));
        ask(10).forEach(answer -> answer.cancel(true));
        assertThat(stand.ask("/more")).isNotDone();
    }

    @Test
    void whoeverWaitsTooLongMakesRoom() {
        stand.route(Stand.everything().cache(CachePolicy.off()).timeout(Duration.ofSeconds(1)));
        ask(10);
        stand.pass(1000);
        assertThat(stand.ask("/more")).isNotDone();
    }

    @Test
    void hitsAndRefusalsNeedNoRoom() {
        stand.route(Route.path("/stored/**").cache(CachePolicy.standard().ttl(Duration.ofHours(1))))
                .route(Stand.everything().cache(CachePolicy.off()));
        CompletableFuture<GatewayResponse> stored = stand.ask("/stored/a");
        backends.answerAll(HandBackends.ok("stored"));
        assertThat(stored).isCompleted();
        ask(10);

        assertThat(stand.answer("/stored/a").body().utf8()).isEqualTo("stored");
        assertThat(stand.answer("/a/../b").status()).isEqualTo(400);
        assertThat(stand.answer("/stored/b").status()).isEqualTo(503);
    }

    @Test
    void aStreamKeepsItsRoomUntilItsEnd() {
        stand.builder.maxInFlight(1);
        stand.route(Stand.everything().cache(CachePolicy.off()));
        FanoutGateway gateway = stand.gateway();
        GatewayRequest request = GatewayRequest.get("/a");
        CompletableFuture<GatewayResponse> answer = gateway.handle(
                gateway.routeFor("GET", "/a").orElseThrow(), request, CallingThread.passing(Runnable::run));
        Source source = new Source();
        backends.calls.remove().answer(Reply.of(new GatewayResponse(200, Headers.empty(), Body.stream(source, -1))));
        assertThat(answer.join().body().isBuffered()).isFalse();

        assertThat(stand.answer("/b").status()).isEqualTo(503);
        answer.join().body().publisher().subscribe(new Leaving());
        assertThat(stand.ask("/c")).isNotDone();
    }

    @Test
    void lowPriorityIsRefusedFirstAndHighLast() {
        stand.builder
                .plan(Plan.of("free").priority(Plan.Priority.LOW))
                .plan(Plan.of("basic"))
                .plan(Plan.of("gold").priority(Plan.Priority.HIGH))
                .key("free", "free-key-0123456789", "free")
                .key("basic", "basic-key-0123456789", "basic")
                .key("gold", "gold-key-0123456789", "gold");
        stand.route(Stand.everything().cache(CachePolicy.off()));

        assertThat(admitted("free-key-0123456789")).isEqualTo(7);
        assertThat(admitted("basic-key-0123456789")).isEqualTo(2);
        assertThat(admitted("gold-key-0123456789")).isEqualTo(1);
    }

    @Test
    void aRefusalCostsNoCredit() {
        stand.builder.plan(Plan.of("basic").quota(Quota.perDay(11))).key("basic", "basic-key-0123456789", "basic");
        stand.route(Stand.everything().cache(CachePolicy.off()));
        assertThat(admitted("basic-key-0123456789")).isEqualTo(10);
        backends.answerAll(HandBackends.ok("ok"));
        assertThat(admitted("basic-key-0123456789")).isEqualTo(1);
    }

    @Test
    void theDevelopersAreToldAndOfItsEndToo() {
        stand.route(Stand.everything().cache(CachePolicy.off()));
        ask(10);
        IntStream.range(0, 1000).forEach(i -> stand.answer("/more"));
        assertThat(stand.types()).containsExactly(Type.OVERLOADED);

        backends.answerAll(HandBackends.ok("ok"));
        stand.pass(3000);
        stand.ask("/later");
        assertThat(stand.types()).containsExactly(Type.OVERLOADED, Type.RECOVERED);
    }

    @Test
    void impossibleBoundsAreRefused() {
        assertThatThrownBy(() -> Gateway.builder().maxInFlight(0)).hasMessageContaining("1 to 1000000");
        assertThatThrownBy(() -> Gateway.builder().maxInFlight(1_000_001)).hasMessageContaining("1000001");
    }

    private List<CompletableFuture<GatewayResponse>> ask(int times) {
        List<CompletableFuture<GatewayResponse>> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            answers.add(stand.ask("/" + i));
        }
        return answers;
    }

    /** How many of many wait. */
    private long admitted(String key) {
        return IntStream.range(0, 20)
                .mapToObj(i -> stand.ask(Stand.keyed("/" + i, key)))
                .filter(answer -> !answer.isDone())
                .count();
    }

    private static final class Source implements Flow.Publisher<ByteBuffer> {
        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {}

                @Override
                public void cancel() {}
            });
        }
    }

    private static final class Leaving implements Flow.Subscriber<ByteBuffer> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(@Nullable ByteBuffer item) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }
}
