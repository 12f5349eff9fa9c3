package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers whose content is read as somebody asks for it, over real connections. */
@Timeout(60)
class ContentStreamTest {
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    private OkHttpBackendClient client = OkHttpBackendClient.create();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void givesEachPieceAsItComes() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
            peer.request();
            peer.send(CHUNKED);
            first.await();
            peer.send("3\r\none\r\n");
            second.await();
            peer.send("3\r\ntwo\r\n0\r\n\r\n");
        })) {
            GatewayResponse answer = streamed(server);
            assertThat(answer.body().length()).isEqualTo(-1);
            Taker taker = Taker.of(answer.body());
            assertThat(taker.text()).isEmpty();
            first.countDown();
            taker.ask(1);
            assertThat(taker.text()).isEqualTo("one");
            second.countDown();
            taker.ask(1);
            assertThat(taker.text()).isEqualTo("onetwo");
            assertThat(taker.end).isNotDone();
            taker.ask(1);
            assertThat(taker.end).isCompleted();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nonetwo",
                CHUNKED + "6\r\nonetwo\r\n0\r\n\r\n",
                CHUNKED + "1\r\no\r\n5\r\nnetwo\r\n0\r\nX-Sum: 1\r\n\r\n"
            })
    void aConnectionWhoseContentWasReadIsUsedAgain(String answer) throws Exception {
        try (RawServer server = RawServer.answering(answer)) {
            for (int i = 0; i < 3; i++) {
                Taker taker = Taker.of(streamed(server).body());
                taker.ask(Long.MAX_VALUE);
                assertThat(taker.text()).isEqualTo("onetwo");
                assertThat(taker.end).isCompleted();
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void givesTheFieldsThatComeAfterIt() throws Exception {
        try (RawServer server = RawServer.answering(
                CHUNKED + "3\r\none\r\n0\r\nX-Sum: 42\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")) {
            Body body = streamed(server).body();
            Taker.of(body).ask(Long.MAX_VALUE);
            assertThat(body.trailers()).isEqualTo(Headers.of("X-Sum", "42"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\npart",
                CHUNKED + "4\r\npart\r\n",
                CHUNKED + "4\r\npart\r\nno chunk\r\n",
                CHUNKED + "ffffffffff\r\npart"
            })
    void tellsThatItBrokeOff(String answer) throws Exception {
        try (RawServer server = RawServer.closingAfter(answer)) {
            Taker taker = Taker.of(streamed(server).body());
            taker.ask(Long.MAX_VALUE);
            assertThat(taker.text()).isEqualTo("part");
            assertThat(taker.end).isCompletedExceptionally();
            assertThat(taker.failure()).hasMessage("the backend's answer broke off");
        }
    }

    @Test
    void aReaderWhoLeavesCutsTheConnection() throws Exception {
        CountDownLatch cut = new CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
            peer.request();
            peer.send(CHUNKED + "4\r\npart\r\n");
            peer.awaitClose();
            cut.countDown();
        })) {
            Taker taker = Taker.of(streamed(server).body());
            taker.ask(1);
            taker.cancel();
            assertThat(cut.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(taker.end).isNotDone();
            assertThat(client.connectionCount()).isZero();
        }
    }

    @Test
    void aReaderWhoLeavesDuringAReadCutsTheConnection() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
            peer.request();
            peer.send(CHUNKED);
            sent.countDown();
            peer.awaitClose();
        })) {
            Taker taker = Taker.of(streamed(server).body());
            Thread reading = new Thread(() -> taker.ask(1));
            reading.start();
            sent.await();
            taker.cancel();
            reading.join();
            assertThat(taker.end).isNotDone();
            assertThat(client.connectionCount()).isZero();
        }
    }

    @Test
    void aSilentBackendIsGivenUp() throws Exception {
        client.close();
        client = OkHttpBackendClient.builder()
                .streamIdleTimeout(Duration.ofMillis(20))
                .build();
        try (RawServer server = new RawServer(peer -> {
            peer.request();
            peer.send(CHUNKED + "4\r\npart\r\n");
            peer.awaitClose();
        })) {
            Taker taker = Taker.of(streamed(server).body());
            taker.ask(Long.MAX_VALUE);
            assertThat(taker.end).isCompletedExceptionally();
        }
    }

    @Test
    void theCallsTimeIsThatOfTheHead() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
            peer.request();
            peer.send(CHUNKED);
            late.await();
            peer.send("2\r\nok\r\n0\r\n\r\n");
        })) {
            Duration time = Duration.ofMillis(300);
            long begun = System.nanoTime();
            GatewayResponse answer = Calls.response(Calls.call(client, request(server, time)));
            while (System.nanoTime() - begun < time.toNanos() * 2) {
                Thread.onSpinWait();
            }
            late.countDown();
            Taker taker = Taker.of(answer.body());
            taker.ask(Long.MAX_VALUE);
            assertThat(taker.text()).isEqualTo("ok");
            assertThat(taker.end).isCompleted();
        }
    }

    @Test
    void aHeadThatDoesNotComeIsLate() throws Exception {
        try (RawServer server = new RawServer(peer -> {
            peer.request();
            peer.send("HTTP/1.1 200 OK\r\n");
            peer.awaitClose();
        })) {
            Calls.assertFailed(Calls.call(client, request(server, Duration.ofMillis(50))), Failure.TIMED_OUT, true);
        }
    }

    @Test
    void aClosedClientBreaksItOff() throws Exception {
        try (RawServer server = new RawServer(peer -> {
            peer.request();
            peer.send(CHUNKED + "4\r\npart\r\n");
            peer.awaitClose();
        })) {
            Taker taker = Taker.of(streamed(server).body());
            taker.ask(1);
            client.close();
            taker.ask(1);
            assertThat(taker.end).isCompletedExceptionally();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 None\r\n", "304 Same\r\nContent-Length: 9\r\n", "200 OK\r\nContent-Length: 0\r\n"})
    void whatHasNoContentIsNoStream(String head) throws Exception {
        try (RawServer server = RawServer.closingAfter("HTTP/1.1 " + head + "\r\n")) {
            assertThat(streamed(server).body().isBuffered()).isTrue();
        }
    }

    @Test
    void aShortDocumentOfUnknownLengthIsReadWhole() throws Exception {
        try (RawServer server = RawServer.answering(
                CHUNKED.replace("\r\n\r\n", "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n")
                        + "2\r\n{}\r\n0\r\n\r\n")) {
            assertThat(streamed(server).body().utf8()).isEqualTo("{}");
        }
    }

    @Test
    void aShortDocumentThatBreaksOffIsNoAnswer() throws Exception {
        try (RawServer server = RawServer.closingAfter(
                CHUNKED.replace("\r\n\r\n", "\r\nContent-Type: text/html\r\n\r\n") + "2\r\n<a\r\n")) {
            assertThat(Calls.call(client, request(server, Calls.AMPLE)).failure())
                    .isEqualTo(Failure.BROKEN);
        }
    }

    @Test
    void aLongDocumentIsPassedOn() throws Exception {
        String content = "x".repeat(70_000);
        try (RawServer server =
                RawServer.answering(CHUNKED.replace("\r\n\r\n", "\r\nContent-Type: application/problem+json\r\n\r\n")
                        + Integer.toHexString(content.length()) + "\r\n" + content + "\r\n0\r\n\r\n")) {
            Taker taker = Taker.of(streamed(server).body());
            taker.ask(Long.MAX_VALUE);
            assertThat(taker.text()).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 4\r\nContent-Length: 5\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"
            })
    void whatIsFramedInTwoWaysIsNoAnswer(String fields) throws Exception {
        try (RawServer server = RawServer.closingAfter("HTTP/1.1 200 OK\r\n" + fields + "\r\n4\r\npart\r\n0\r\n\r\n")) {
            assertThat(Calls.call(client, request(server, Calls.AMPLE)).failure())
                    .isEqualTo(Failure.BROKEN);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatProvesTooLongIsPassedOnWholeIfItMay(boolean mayStream) throws Exception {
        String content = "0123456789".repeat(10);
        try (RawServer server = RawServer.answering(CHUNKED + "64\r\n" + content + "\r\n0\r\n\r\n")) {
            BackendRequest request = new BackendRequest(
                    Backend.of("group", server.url()),
                    GatewayRequest.get("/x"),
                    Calls.AMPLE.toNanos(),
                    30,
                    mayStream ? head -> false : null);
            Reply reply = Calls.call(client, request);
            if (mayStream) {
                Taker taker = Taker.of(Calls.response(reply).body());
                taker.ask(Long.MAX_VALUE);
                assertThat(taker.text()).isEqualTo(content);
                assertThat(taker.end).isCompleted();
            } else {
                assertThat(reply.failure()).isEqualTo(Failure.TOO_LARGE);
            }
        }
    }

    @Test
    void hasOneReader() throws Exception {
        try (RawServer server = RawServer.answering(CHUNKED + "3\r\none\r\n0\r\n\r\n")) {
            Body body = streamed(server).body();
            Taker first = Taker.of(body);
            assertThat(Taker.of(body).end).isCompletedExceptionally();
            first.ask(Long.MAX_VALUE);
            assertThat(first.text()).isEqualTo("one");
        }
    }

    @Test
    void askingForNothingIsAnError() throws Exception {
        try (RawServer server = RawServer.answering(CHUNKED + "3\r\none\r\n0\r\n\r\n")) {
            Taker taker = Taker.of(streamed(server).body());
            taker.ask(0);
            assertThat(taker.failure()).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private GatewayResponse streamed(RawServer server) {
        Reply reply = Calls.call(client, request(server, Calls.AMPLE));
        return Calls.response(reply);
    }

    private static BackendRequest request(RawServer server, Duration time) {
        return new BackendRequest(
                Backend.of("group", server.url()), GatewayRequest.get("/x"), time.toNanos(), 30, head -> true);
    }

    /** Takes what it is told to ask for. */
    private static final class Taker implements Flow.Subscriber<ByteBuffer> {
        final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
        private final StringBuffer text = new StringBuffer();
        private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();

        static Taker of(Body body) {
            Taker taker = new Taker();
            body.publisher().subscribe(taker);
            return taker;
        }

        void ask(long more) {
            subscription.get().request(more);
        }

        void cancel() {
            subscription.get().cancel();
        }

        String text() {
            return text.toString();
        }

        Throwable failure() throws IOException {
            return end.handle((ok, failure) -> failure).join();
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription.set(given);
        }

        @Override
        public void onNext(ByteBuffer some) {
            text.append(StandardCharsets.ISO_8859_1.decode(some));
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }
}
