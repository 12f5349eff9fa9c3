package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that wait without a thread: each test is the engine, and completes the answers by hand. */
@Timeout(60)
class PendingAnswerContractTest {
    private final BlockingQueue<CompletableFuture<GatewayResponse>> waiting = new LinkedBlockingQueue<>();

    /** Apart from the others: OkHttp repeats a call whose connection is closed, so that others may be left over. */
    private final BlockingQueue<CompletableFuture<GatewayResponse>> waitingNext = new LinkedBlockingQueue<>();

    private final AtomicInteger finished = new AtomicInteger();
    private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final OkHttpClient http2 = new OkHttpClient.Builder()
            .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
            .readTimeout(30, TimeUnit.SECONDS)
            .build();
    private Container container;

    @BeforeEach
    void start() throws Exception {
        container = Container.start(Apps.of(this::serve));
    }

    @AfterEach
    void stop() throws Exception {
        container.close();
        http2.connectionPool().evictAll();
        http2.dispatcher().executorService().shutdown();
        threads.shutdown();
    }

    private void serve(HttpServletRequest request, HttpServletResponse response) {
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
        PendingAnswer.await(request, response, new ResponseWriter(request, response), answer, null);
        request.getAsyncContext().addListener(new Finishes());
        (request.getRequestURI().equals("/next") ? waitingNext : waiting).add(answer);
    }

    @Test
    void answersOnceTheAnswerIsThere() throws Exception {
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a", "Connection: close");
            waiting.take().complete(text("late but here"));
            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.1 200")
                    .contains("Content-Length: 13\r\n")
                    .endsWith("\r\n\r\nlate but here");
        }
        assertFinished(1);
    }

    @Test
    void tellsAFailureOfTheEngineFromAnAnswer() throws Exception {
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a", "Connection: close");
            waiting.take().completeExceptionally(new IllegalStateException("secret"));
            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.1 500")
                    .contains("internal-error")
                    .doesNotContain("secret");
        }
    }

    @Test
    void sendsAStreamWhole() throws Exception {
        ScriptedBody body = new ScriptedBody(
                Stream.of("one ", "two ", "three").map(this::bytes).iterator(), ScriptedBody.End.COMPLETE);
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a", "Connection: close");
            waiting.take().complete(stream(body, 13));
            assertThat(client.readToEnd()).contains("Content-Length: 13\r\n").endsWith("\r\n\r\none two three");
        }
        assertFinished(1);
    }

    @Test
    void sendsEventsAsTheyCome() throws Exception {
        ScriptedBody body =
                new ScriptedBody(Stream.of("data: 1\n\n").map(this::bytes).iterator(), ScriptedBody.End.STALL);
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a");
            CompletableFuture<GatewayResponse> answer = waiting.take();
            threads.execute(() -> answer.complete(stream(body, -1)));
            assertThat(client.readUntil("data: 1\n\n")).startsWith("HTTP/1.1 200");
            container.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 100})
    void cutsABrokenStreamOff(long length) throws Exception {
        ScriptedBody body = new ScriptedBody(Stream.of("part").map(this::bytes).iterator(), ScriptedBody.End.FAIL);
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a");
            CompletableFuture<GatewayResponse> answer = waiting.take();
            // an event stream reaches the client at once, so there is something to break off
            Headers fields = Headers.of("Content-Type", "text/event-stream");
            threads.execute(() -> answer.complete(new GatewayResponse(200, fields, Body.stream(body, length))));
            assertThat(client.readToEnd()).contains("part").doesNotContain("\r\n0\r\n");
        }
    }

    @Test
    void answersAnErrorInPlaceOfAStreamThatBreaksBeforeItBegins() throws Exception {
        ScriptedBody body = new ScriptedBody(List.<ByteBuffer>of().iterator(), ScriptedBody.End.FAIL);
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a", "Connection: close");
            waiting.take().complete(stream(body, 1000));
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 502").contains("\"reason\": \"broken\"");
        }
        assertFinished(1);
    }

    @Test
    void cancelsAStreamWhoseClientIsGone() throws Exception {
        ScriptedBody body = new ScriptedBody(
                Stream.generate(() -> ByteBuffer.allocate(8192)).iterator(), ScriptedBody.End.STALL);
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a");
            CompletableFuture<GatewayResponse> answer = waiting.take();
            threads.execute(() -> answer.complete(stream(body, -1)));
            client.readUntil("\r\n\r\n");
            client.reset();
        }
        body.cancelled.get(30, TimeUnit.SECONDS);
        assertThatTheNextIsAnswered();
    }

    @Test
    void isQuietAboutAnHttp1ClientThatIsGone() throws Exception {
        CompletableFuture<GatewayResponse> answer;
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a");
            answer = waiting.take();
            client.reset();
        }
        if (!answer.isDone()) {
            answer.complete(text("x".repeat(1 << 20)));
        }
        assertThatTheNextIsAnswered();
    }

    /** Containers use a response again for the next request, so a late writer would spoil a stranger's answer. */
    @Test
    void answersAreNeverMixedUpHoweverAnswersAndResetsRace() throws Exception {
        for (int i = 0; i < 100; i++) {
            Call call = http2.newCall(
                    new Request.Builder().url(container.url("/" + i)).build());
            threads.execute(() -> receive(call, "the answer"));
            CompletableFuture<GatewayResponse> answer = waiting.poll(5, TimeUnit.SECONDS);
            if (answer == null) {
                continue; // reset by the container, which closes connections on which too much goes wrong
            }
            CountDownLatch both = new CountDownLatch(2);
            threads.execute(() -> {
                meet(both);
                answer.complete(text("the answer"));
            });
            threads.execute(() -> {
                meet(both);
                call.cancel();
            });
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(45, TimeUnit.SECONDS)).isTrue();
        assertThat(surprises).isEmpty();
        for (int i = 0; i < 32; i++) {
            assertThatTheNextIsAnswered();
        }
    }

    @Test
    void answersThoseWhoWaitWhenTheContainerStops() throws Exception {
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a");
            CompletableFuture<GatewayResponse> answer = waiting.take();
            container.close();
            answer.complete(text("too late"));
            assertThat(client.readToEnd()).doesNotContain("too late");
        }
    }

    private void assertThatTheNextIsAnswered() throws Exception {
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET /next HTTP/1.1", "Host: a", "Connection: close");
            waitingNext.take().complete(text("still well"));
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 200").endsWith("\r\n\r\nstill well");
        }
    }

    private void assertFinished(int times) {
        await().untilAtomic(finished, equalTo(times));
    }

    private ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
    }

    private static GatewayResponse text(String text) {
        return new GatewayResponse(200, Headers.of("Content-Type", "text/plain"), Body.utf8(text));
    }

    private static GatewayResponse stream(ScriptedBody body, long length) {
        return new GatewayResponse(200, Headers.of("Content-Type", "text/plain"), Body.stream(body, length));
    }

    private void receive(Call call, String expected) {
        try (Response response = call.execute()) {
            String text = response.body().string();
            if (response.code() != 200 || !text.equals(expected)) {
                surprises.add(response.code() + " " + text);
            }
        } catch (ProtocolException e) {
            surprises.add(e.toString());
        } catch (IOException expectedOnReset) {
            // nothing came, so nothing wrong came
        }
    }

    private static void meet(CountDownLatch latch) {
        latch.countDown();
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Finishes implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            finished.incrementAndGet();
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
