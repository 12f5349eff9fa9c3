package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.fanout.Ejection;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.Combiner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answers pass while they come, and what becomes of those that nobody reads. The backend streams whatever it may. */
class StreamedAnswersTest {
    private final Streaming backend = new Streaming();
    private final GatewayBuilder builder =
            Gateway.builder().backends("http://a").executor(Runnable::run).client(backend);
    private @Nullable FanoutGateway gateway;

    @AfterEach
    void close() {
        if (gateway != null) {
            gateway.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "200, Content-Length, 65537, true",
        "200, Content-Length, 65536, false",
        "200, Content-Length, none, true",
        "200, X-Other, 1, true",
        "206, X-Other, 1, true",
        "404, X-Other, 1, false",
        "500, Content-Length, 99999999999, true",
        "200, Content-Type, text/event-stream; charset=utf-8, true"
    })
    void whatIsShortOrAnErrorIsReadFirst(int status, String name, String value, boolean streamed) {
        backend.head = new GatewayResponse(status, Headers.of(name, value), Body.empty());
        ask(GatewayRequest.get("/a"), everything().cache(CachePolicy.off()).accept(Acceptors.any()));
        assertThat(backend.streamed).isEqualTo(streamed);
    }

    @ParameterizedTest
    @CsvSource({
        "X-Other, 1, false",
        "Cache-Control, no-store, true",
        "Cache-Control, private, true",
        "Set-Cookie, a=b, true",
        "Content-Type, text/event-stream, true",
        "Content-Length, 99999999999, true"
    })
    void whatIsToBeStoredIsReadFirst(String name, String value, boolean streamed) {
        backend.head = new GatewayResponse(200, Headers.of(name, value), Body.empty());
        ask(GatewayRequest.get("/a"), everything().cache(CachePolicy.standard().ttl(Duration.ofHours(1))));
        assertThat(backend.streamed).isEqualTo(streamed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void answersToUnsafeMethodsAreStreamed(String method) {
        ask(
                GatewayRequest.of(method, "/a"),
                everything().cache(CachePolicy.standard().ttl(Duration.ofHours(1))));
        assertThat(backend.streamed).isTrue();
    }

    @Test
    void whatIsJudgedByItsContentIsNeverStreamed() {
        ask(GatewayRequest.get("/a"), everything().accept(Acceptors.jsonFlag("status")));
        assertThat(backend.mayStream).isFalse();
    }

    @Test
    void whatIsCombinedIsNeverStreamed() {
        ask(
                GatewayRequest.get("/a"),
                everything().strategy(FanoutStrategy.collect(1, Combiner.of((request, parts) -> HandBackends.ok("")))));
        assertThat(backend.mayStream).isFalse();
    }

    @Test
    void anAnswerToHeadHasNothingToStream() {
        ask(GatewayRequest.of("HEAD", "/a"), everything());
        assertThat(backend.mayStream).isFalse();
    }

    @Test
    void whoeverAsksByCodeGetsContentInMemory() {
        gateway = builder.route(everything().build()).build();
        assertThat(gateway.handle(GatewayRequest.get("/a")).join().body().isBuffered())
                .isTrue();
        assertThat(backend.mayStream).isFalse();
    }

    @Test
    void aStreamIsForOneReaderAndTheOthersAskAnew() {
        startHoldingWhatIsNotStored();
        CompletableFuture<GatewayResponse> one = handle("/a");
        CompletableFuture<GatewayResponse> other = handle("/a");
        assertThat(backend.waiting).hasSize(1);

        backend.answerAll();
        backend.answerAll();

        assertThat(one.join().body().isBuffered()).isFalse();
        assertThat(other.join().body().isBuffered()).isFalse();
        assertThat(other.join().body().publisher())
                .isNotSameAs(one.join().body().publisher());
        assertThat(backend.cancelled).hasValue(0);
    }

    @Test
    void aStreamWhoseReaderLeftIsLetGo() {
        startHoldingWhatIsNotStored();
        CompletableFuture<GatewayResponse> leader = handle("/a");
        CompletableFuture<GatewayResponse> follower = handle("/a");

        leader.cancel(true); // the flight goes on, for the other
        backend.answerAll();
        backend.answerAll();

        assertThat(backend.cancelled).as("the one that nobody reads").hasValue(1);
        assertThat(follower.join().body().isBuffered()).isFalse();
    }

    @Test
    void aBackendIsBusyUntilTheStreamHasEnded() {
        startWithPlaces(1);
        GatewayResponse first = handle("/a").join();
        assertThat(handle("/b").join().status()).isEqualTo(503);
        new Reader(first).readAll();

        GatewayResponse second = handle("/c").join();
        assertThat(second.status()).isEqualTo(200);
        assertThat(handle("/d").join().status()).isEqualTo(503);
        new Reader(second).leave();
        assertThat(handle("/e").join().status()).isEqualTo(200);
    }

    @Test
    void streamsLeaveHalfOfABackendsPlacesToOthers() {
        startWithPlaces(4);
        GatewayResponse first = handle("/a").join();
        GatewayResponse second = handle("/b").join();
        GatewayResponse third = handle("/c").join();
        assertThat(second.body().isBuffered()).isFalse();
        assertThat(third.status()).isEqualTo(503);
        assertThat(backend.cancelled).as("the one for which there was no room").hasValue(1);

        backend.head = new GatewayResponse(200, Headers.of("Content-Length", "5"), Body.empty());
        for (int i = 0; i < 10; i++) {
            assertThat(handle("/short").join().status()).isEqualTo(200);
        }

        backend.head = new GatewayResponse(200, Headers.empty(), Body.empty());
        new Reader(first).readAll();
        GatewayResponse fourth = handle("/d").join();
        assertThat(fourth.body().isBuffered()).isFalse();
        assertThat(handle("/e").join().status()).isEqualTo(503);
        new Reader(fourth).leave();
        new Reader(second).leave();
        assertThat(handle("/f").join().status()).isEqualTo(200);
    }

    @Test
    void whatTheGatewayAsksForItselfIsLetGoAtItsHead() {
        gateway = builder.route(everything()
                        .cache(CachePolicy.standard().ttl(Duration.ofHours(1)))
                        .build())
                .build();
        backend.head = new GatewayResponse(200, Headers.of("Content-Type", "text/event-stream"), Body.empty());
        assertThat(gateway.prefetch("/a").join()).isEqualTo(WarmUp.Prefetched.NOT_STORED);
        assertThat(backend.cancelled).hasValue(1);
    }

    @Test
    void theAnswerToAValidationIsStreamedLikeAnyOther() {
        gateway = builder.route(everything().cache(CachePolicy.standard()).build())
                .build();
        backend.head = new GatewayResponse(
                200, Headers.of("Cache-Control", "no-cache", "ETag", "\"1\"", "Content-Length", "5"), Body.empty());
        assertThat(handle("/a").join().body().utf8()).isEqualTo("short");
        backend.head = new GatewayResponse(200, Headers.of("Content-Length", "99999999"), Body.empty());
        GatewayResponse grown = handle("/a").join();
        assertThat(grown.status()).isEqualTo(200);
        assertThat(grown.body().isBuffered()).isFalse();
    }

    @Test
    void aBackendThatBreaksItsStreamsIsEjected() {
        backend.breaking = "a";
        startWithTwo();
        for (int i = 0; i < 5; i++) {
            GatewayResponse response = handle("/" + i).join();
            assertThat(response.headers().first("From")).contains("a");
            new Reader(response).readAll();
        }
        assertThat(handle("/x").join().headers().first("From")).contains("b");
    }

    @Test
    void whoLeavesStreamsSaysNothingOfTheirBackend() {
        backend.breaking = "a";
        startWithTwo();
        for (int i = 0; i < 20; i++) {
            GatewayResponse response = handle("/" + i).join();
            assertThat(response.headers().first("From")).contains("a");
            new Reader(response).leave();
        }
    }

    /** A route that stores for an hour what may be stored, which no answer may; answers come by {@code answerAll}. */
    private void startHoldingWhatIsNotStored() {
        backend.holding = true;
        gateway = builder.route(everything()
                        .cache(CachePolicy.standard().ttl(Duration.ofHours(1)))
                        .build())
                .build();
        backend.head = new GatewayResponse(200, Headers.of("Cache-Control", "no-store"), Body.empty());
    }

    /** One backend that answers so many at once. */
    private void startWithPlaces(int places) {
        gateway = Gateway.builder()
                .backends(BackendGroup.of("replicas", "http://a").maxConcurrent(places))
                .executor(Runnable::run)
                .client(backend)
                .route(everything()
                        .backends("replicas")
                        .onFailure(FailurePolicy.BY_CAUSE)
                        .cache(CachePolicy.off())
                        .build())
                .build();
    }

    private void startWithTwo() {
        gateway = Gateway.builder()
                .backends(BackendGroup.of("replicas", "http://a", "http://b").eject(Ejection.standard()))
                .executor(Runnable::run)
                .client(backend)
                .route(everything()
                        .backends("replicas")
                        .strategy(FanoutStrategy.failover())
                        .cache(CachePolicy.off())
                        .build())
                .build();
    }

    private static Route.Builder everything() {
        return Route.path("/**");
    }

    private void ask(GatewayRequest request, Route.Builder route) {
        gateway = builder.route(route.build()).build();
        gateway.handle(gateway.routeFor(request.method(), request.path()).orElseThrow(), request, passing());
    }

    private CompletableFuture<GatewayResponse> handle(String target) {
        FanoutGateway serving = gateway;
        assertThat(serving).isNotNull();
        return serving.handle(serving.routeFor("GET", target).orElseThrow(), GatewayRequest.get(target), passing());
    }

    private static CallingThread passing() {
        return CallingThread.passing(Runnable::run);
    }

    /** Reads a stream, or does not. */
    private static final class Reader implements Flow.Subscriber<ByteBuffer> {
        private Flow.@Nullable Subscription subscription;

        Reader(GatewayResponse response) {
            response.body().publisher().subscribe(this);
        }

        void readAll() {
            if (subscription != null) {
                subscription.request(Long.MAX_VALUE);
            }
        }

        void leave() {
            if (subscription != null) {
                subscription.cancel();
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(ByteBuffer some) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    /** Streams whatever it may. */
    private static final class Streaming implements BackendClient {
        final AtomicInteger cancelled = new AtomicInteger();
        final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        GatewayResponse head = new GatewayResponse(200, Headers.empty(), Body.empty());
        boolean holding;
        String breaking = "";
        boolean mayStream;
        boolean streamed;

        void answerAll() {
            for (Runnable answer = waiting.poll(); answer != null; answer = waiting.poll()) {
                answer.run();
            }
        }

        @Override
        public Call newCall(BackendRequest request) {
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            Runnable answer = () -> reply.complete(Reply.of(answered(request)));
            return new Call() {
                @Override
                public void start(Executor executor) {
                    if (holding) {
                        waiting.add(answer);
                    } else {
                        answer.run();
                    }
                }

                @Override
                public CompletionStage<Reply> reply() {
                    return reply;
                }

                @Override
                public void cancel() {
                    reply.complete(Reply.failed(Failure.CANCELLED, true, "cancelled"));
                }
            };
        }

        private GatewayResponse answered(BackendRequest request) {
            mayStream = request.streamable() != null;
            streamed = request.streamable() != null && request.streamable().test(head);
            String host = request.backend().base().getHost();
            GatewayResponse named = head.withHeaders(
                    head.headers().toBuilder().add("From", host).build());
            Flow.Publisher<ByteBuffer> content = reader -> content(reader, host.equals(breaking));
            return streamed ? named.withBody(Body.stream(content, -1)) : named.withBody(Body.utf8("short"));
        }

        private void content(Flow.Subscriber<? super ByteBuffer> reader, boolean breaks) {
            AtomicBoolean over = new AtomicBoolean();
            reader.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {
                    if (over.compareAndSet(false, true)) {
                        reader.onNext(ByteBuffer.wrap(new byte[] {1}));
                        if (breaks) {
                            reader.onError(new IOException("broken off"));
                        } else {
                            reader.onComplete();
                        }
                    }
                }

                @Override
                public void cancel() {
                    if (over.compareAndSet(false, true)) {
                        cancelled.incrementAndGet();
                    }
                }
            });
        }

        @Override
        public void close() {}
    }
}
