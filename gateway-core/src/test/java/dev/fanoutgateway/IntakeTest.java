package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Content on its way in: when it is read, how much of it, and whose fault it is. */
class IntakeTest {
    /** Longer than what is gathered before a backend is asked. */
    private static final String LONG = "x".repeat(70_000);

    private final Reading backend = new Reading();
    private final Stand stand = new Stand();

    @AfterEach
    void close() {
        ContentRoom room = stand.gateway().contentRoom();
        stand.close();
        assertThat(room.taken()).as("bytes of the room for content").isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, 70000, true", "PUT, -1, true", "PATCH, -1, true", "DELETE, 65537, true",
        "POST, 65536, false", "GET, 70000, false", "OPTIONS, -1, false", "HEAD, -1, false"
    })
    void passesWhatIsLongAndForOneBackend(String method, long length, boolean passes) {
        assertThat(Intake.passes(method, length)).isEqualTo(passes);
    }

    @ParameterizedTest
    @CsvSource({"POST, false", "POST, true", "OPTIONS, false", "OPTIONS, true"})
    void contentArrivesWhole(String method, boolean announced) {
        Source source = Source.of("abc", "def", "ghi");
        GatewayResponse answer = ask(method, source, announced ? 9 : -1, 100);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(backend.received).isEqualTo("abcdefghi");
        assertThat(backend.passed).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"POST, false", "POST, true", "OPTIONS, false", "OPTIONS, true"})
    void longContentArrivesWhole(String method, boolean announced) {
        Source source = Source.of(LONG, "abc", LONG, "d");
        GatewayResponse answer = ask(method, source, announced ? 2 * LONG.length() + 4 : -1, 1 << 20);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(backend.received).isEqualTo(LONG + "abc" + LONG + "d");
        assertThat(backend.passed).isEqualTo(method.equals("POST"));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 100_000})
    void noBackendIsAskedWhileTheBeginningTrickles(long length) {
        Source source = Source.of("a", "b", "c");
        source.stalls = true;
        stand.builder.client(backend);
        stand.route(Stand.everything().timeout(Duration.ofMinutes(1)).attemptTimeout(Duration.ofSeconds(2)));
        CompletableFuture<GatewayResponse> answer = stand.ask(request("POST", source, length));
        stand.pass(59_998);
        assertThat(answer).isNotDone();
        stand.pass(1);
        assertThat(Stand.now(answer).status()).isEqualTo(408);
        assertThat(stand.attempts).isEmpty();
        assertThat(source.cancelled).isTrue();
        assertThat(stand.clock.pending()).isZero();
    }

    /** Else a few hundred clients that announce much and send nothing would take all memory there is. */
    @Test
    void noMemoryIsTakenByWhatIsOnlyAnnounced() {
        int length = 1 << 24;
        stand.builder.client(backend).maxRequestBytes(length);
        stand.route(Stand.everything().timeout(Duration.ofMinutes(1)));
        List<CompletableFuture<GatewayResponse>> answers = new ArrayList<>();
        for (long announced = 0; announced <= Runtime.getRuntime().maxMemory(); announced += length) {
            Source source = Source.of("a");
            source.stalls = true;
            answers.add(stand.ask(request("GET", source, length)));
        }
        assertThat(answers).noneMatch(CompletableFuture::isDone);
        stand.pass(60_000);
        assertThat(answers).allMatch(answer -> Stand.now(answer).status() == 408);
    }

    @Test
    void uploadsLeaveHalfOfABackendsPlacesToOthers() {
        stand.builder
                .client(backend)
                .backends(BackendGroup.of("replicas", "http://a").maxConcurrent(4));
        stand.route(Stand.everything().backends("replicas").onFailure(FailurePolicy.BY_CAUSE));
        List<Source> uploads = new ArrayList<>();
        List<CompletableFuture<GatewayResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Source source = Source.of(LONG);
            source.stalls = true;
            uploads.add(source);
            answers.add(stand.ask(request("POST", source, -1)));
            backend.run();
        }
        assertThat(Stand.now(answers.get(2)).status()).isEqualTo(503);
        assertThat(uploads.get(2).cancelled).as("the rest is not wanted").isTrue();
        assertThat(answers.subList(0, 2)).noneMatch(CompletableFuture::isDone);

        for (int i = 0; i < 2; i++) {
            CompletableFuture<GatewayResponse> other = stand.ask(request("POST", Source.of("short"), -1));
            backend.run();
            assertThat(Stand.now(other).status()).isEqualTo(200);
        }
        uploads.get(0).end();
        assertThat(Stand.now(answers.get(0)).status()).isEqualTo(200);
        CompletableFuture<GatewayResponse> next = stand.ask(request("POST", Source.of(LONG, LONG), -1));
        backend.run();
        assertThat(Stand.now(next).status()).isEqualTo(200);
        answers.get(1).cancel(true);
    }

    @Test
    void uploadsWhoseBackendIsNotReachedGiveTheirPlaceBack() {
        stand.all(Script.fails(BackendClient.Failure.UNREACHABLE));
        stand.builder.backends(BackendGroup.of("replicas", "http://a").maxConcurrent(2));
        stand.route(Stand.everything().backends("replicas").onFailure(FailurePolicy.BY_CAUSE));
        Stand.now(stand.ask(GatewayRequest.get("/a")));
        int usual = stand.clock.pending(); // messages to the developers wait for their like
        for (int i = 0; i < 3; i++) {
            Source source = Source.of(LONG, "more");
            assertThat(Stand.now(stand.ask(request("POST", source, -1))).status())
                    .isEqualTo(503);
            assertThat(source.given).isEqualTo(1);
            assertThat(source.cancelled).isTrue();
        }
        assertThat(stand.attempts)
                .allSatisfy(attempt -> assertThat(attempt.wasMade()).isTrue());
        assertThat(stand.clock.pending()).isEqualTo(usual);
    }

    @Test
    void nothingIsReadForARequestThatIsRefused() {
        Source source = Source.of("abc");
        stand.builder.plan(Plan.of("basic")).key("demo", "demo-key-0123456789", "basic");
        assertThat(ask("POST", source, 3, 100).status()).isEqualTo(401);
        assertThat(source.subscribed).isFalse();
    }

    @Test
    void nothingIsReadOfWhatIsAnnouncedAsTooLong() {
        Source source = Source.of("abc");
        assertThat(ask("POST", source, 101, 100).status()).isEqualTo(413);
        assertThat(source.subscribed).isFalse();
        assertThat(backend.calls).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "OPTIONS"})
    void whatProvesTooLongIsCutOff(String method) {
        Source source = Source.of("abc", "def", "never read");
        GatewayResponse answer = ask(method, source, -1, 5);
        assertThat(answer.status()).isEqualTo(413);
        assertThat(source.given).isEqualTo(2);
        assertThat(source.cancelled).isTrue();
        assertThat(stand.outcomes()).containsExactly(Outcome.BAD_REQUEST);
        assertThat(backend.calls).isZero();
    }

    @ParameterizedTest
    @CsvSource({"POST, -1", "POST, 9", "OPTIONS, -1", "OPTIONS, 9"})
    void whatBreaksOffIsTheClientsFault(String method, long length) {
        Source source = Source.of("abc");
        source.failure = new IOException("reset");
        GatewayResponse answer = ask(method, source, length, 100);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(backend.whole).isFalse();
        assertThat(stand.attempts)
                .allSatisfy(attempt -> assertThat(attempt.result()).isEqualTo(Result.CANCELLED));
        assertThat(stand.messages).isEmpty();
    }

    @Test
    void whatIsShorterThanAnnouncedIsIncomplete() {
        assertThat(ask("POST", Source.of("abc"), 9, 100).status()).isEqualTo(400);
        assertThat(backend.calls).isZero();
    }

    @Test
    void aPublisherThatThrowsKeepsNoRoom() {
        Source source = Source.of("abc", "def");
        source.whenGiven = () -> {
            if (source.given == 2) {
                throw new IllegalArgumentException("odd");
            }
        };
        assertThat(ask("OPTIONS", source, -1, 100).status()).isEqualTo(500);
    }

    @Test
    void whatIsLongerThanAnnouncedIsRefused() {
        assertThat(ask("POST", Source.of("abcdef"), 3, 100).status()).isEqualTo(413);
    }

    @Test
    void whatTheContainerDoesNotWaitForIsLate() {
        Source source = Source.of("abc");
        source.failure = new SocketTimeoutException("idle");
        assertThat(ask("OPTIONS", source, -1, 100).status()).isEqualTo(408);
    }

    @Test
    void whatTricklesIsLateAtTheRequestsDeadline() {
        Source source = Source.of("a", "b", "c");
        source.whenGiven = () -> stand.clock.advance(Duration.ofSeconds(40));
        assertThat(ask("OPTIONS", source, -1, 100, Duration.ofMinutes(1)).status())
                .isEqualTo(408);
        assertThat(source.given).isEqualTo(2);
    }

    @Test
    void anUploadThatIsNotThereInTimeIsNoFailureOfItsBackend() {
        Source source = Source.of(LONG);
        source.stalls = true;
        stand.builder.client(backend);
        stand.route(Stand.everything().attemptTimeout(Duration.ofSeconds(2)));
        CompletableFuture<GatewayResponse> answer = stand.ask(request("POST", source, -1));
        backend.run();
        stand.pass(1998);
        assertThat(answer).isNotDone();
        stand.pass(1);
        assertThat(Stand.now(answer).status()).isEqualTo(408);
        assertThat(source.cancelled).isTrue();
        assertThat(stand.attempts)
                .allSatisfy(attempt -> assertThat(attempt.result()).isEqualTo(Result.CANCELLED));
        assertThat(stand.messages).isEmpty();
        assertThat(stand.clock.pending()).isZero();
    }

    @Test
    void aBackendThatDoesNotAnswerAnUploadIsLate() {
        Source source = Source.of(LONG);
        backend.silent = true;
        stand.builder.client(backend);
        stand.route(Stand.everything().attemptTimeout(Duration.ofSeconds(2)));
        CompletableFuture<GatewayResponse> answer = stand.ask(request("POST", source, -1));
        backend.run();
        stand.pass(2000);
        assertThat(answer).isDone();
        assertThat(stand.attempts)
                .first()
                .satisfies(attempt -> assertThat(attempt.result()).isEqualTo(Result.TIMED_OUT));
    }

    @Test
    void refusedContentCostsNoCredit() {
        stand.builder
                .plan(Plan.of("basic").quota(dev.fanoutgateway.spi.Quota.perDay(1)))
                .key("demo", "demo-key-0123456789", "basic");
        assertThat(ask("POST", Source.of("abcdef"), -1, 5, "demo-key-0123456789")
                        .status())
                .isEqualTo(413);
        assertThat(ask("POST", Source.of("abc"), -1, 5, "demo-key-0123456789").status())
                .isEqualTo(200);
    }

    private GatewayResponse ask(String method, Source source, long length, long most) {
        return ask(method, source, length, most, Duration.ofMinutes(5));
    }

    private GatewayResponse ask(String method, Source source, long length, long most, Duration timeout) {
        return ask(request(method, source, length), most, timeout);
    }

    private GatewayResponse ask(String method, Source source, long length, long most, String key) {
        return ask(request(method, source, length).header("X-API-Key", key), most, Duration.ofMinutes(5));
    }

    private static GatewayRequest request(String method, Source source, long length) {
        return GatewayRequest.of(method, "/a").withBody(Body.stream(source, length));
    }

    private boolean built;

    private GatewayResponse ask(GatewayRequest request, long most, Duration timeout) {
        if (!built) {
            built = true;
            stand.builder.client(backend).maxRequestBytes(most);
            stand.route(Stand.everything().timeout(timeout));
        }
        CompletableFuture<GatewayResponse> answer = stand.ask(request);
        backend.run();
        return Stand.now(answer);
    }

    /** Content that is read where it is asked for. */
    private static final class Source implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
        private final List<String> pieces;
        private Flow.@Nullable Subscriber<? super ByteBuffer> reader;
        private boolean reading;
        private long demand;
        boolean subscribed;
        boolean cancelled;
        int given;
        boolean stalls;

        @Nullable
        IOException failure;

        Runnable whenGiven = () -> {};

        private Source(List<String> pieces) {
            this.pieces = new ArrayList<>(pieces);
        }

        static Source of(String... pieces) {
            return new Source(Arrays.asList(pieces));
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            assertThat(subscribed).as("one reader").isFalse();
            subscribed = true;
            reader = subscriber;
            subscriber.onSubscribe(this);
        }

        @Override
        public void request(long more) {
            demand = Math.max(demand, more == Long.MAX_VALUE ? more : demand + more);
            if (reading || reader == null) {
                return;
            }
            reading = true;
            while (demand > 0 && !cancelled) {
                if (pieces.isEmpty() && stalls) {
                    break;
                }
                if (pieces.isEmpty()) {
                    cancelled = true;
                    if (failure == null) {
                        reader.onComplete();
                    } else {
                        reader.onError(failure);
                    }
                    break;
                }
                given++;
                demand--;
                whenGiven.run();
                reader.onNext(ByteBuffer.wrap(pieces.remove(0).getBytes(StandardCharsets.UTF_8)));
            }
            reading = false;
        }

        /** It stalls no more. */
        void end() {
            stalls = false;
            request(0);
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    /** A backend that reads what it is sent, all of it at once, and answers. */
    private static final class Reading implements BackendClient {
        int calls;
        String received = "";
        boolean passed;
        boolean whole;
        boolean silent;
        private @Nullable Runnable started;

        /** Does what the attempt's thread does. */
        void run() {
            Runnable call = started;
            if (call != null) {
                started = null;
                call.run();
            }
        }

        @Override
        public Call newCall(BackendRequest request) {
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            return new Call() {
                @Override
                public void start(Executor executor) {
                    started = this::read;
                }

                private void read() {
                    calls++;
                    received = "";
                    Body body = request.request().body();
                    passed = !body.isBuffered();
                    if (!passed) {
                        received = body.utf8();
                        whole = true;
                        answer();
                        return;
                    }
                    body.publisher().subscribe(new Flow.Subscriber<>() {
                        @Override
                        public void onSubscribe(Flow.Subscription subscription) {
                            subscription.request(Long.MAX_VALUE);
                        }

                        @Override
                        public void onNext(ByteBuffer some) {
                            received += StandardCharsets.UTF_8.decode(some);
                        }

                        @Override
                        public void onError(Throwable failure) {
                            reply.complete(Reply.failed(Failure.BROKEN, true, "the content broke off"));
                        }

                        @Override
                        public void onComplete() {
                            whole = true;
                            if (!silent) {
                                answer();
                            }
                        }
                    });
                }

                private void answer() {
                    reply.complete(Reply.of(new GatewayResponse(200, Headers.empty(), Body.empty())));
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

        @Override
        public void close() {}
    }
}
