package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client never takes a part of an answer for the whole, whichever thread writes and whatever the protocol. */
@Timeout(60)
class BrokenStreamContractTest {
    @ParameterizedTest
    @ValueSource(longs = {-1, 100})
    void cutsTheConnectionOfAThreadThatWaits(long length) throws Exception {
        try (Container container = Container.start(Apps.of((request, response) -> waiting(request, response, length)));
                RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a");
            assertThat(client.readToEnd()).contains("part").doesNotContain("\r\n0\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 100})
    void resetsAnHttp2Stream(long length) throws Exception {
        OkHttpClient client = http2();
        try (Container container = Container.start(Apps.of((request, response) -> await(request, response, length)))) {
            Request request = new Request.Builder().url(container.url("/")).build();
            try (Response response = client.newCall(request).execute()) {
                assertThatThrownBy(() -> response.body().bytes())
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(SocketTimeoutException.class);
            }
        } finally {
            stop(client);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 100})
    void resetsTheHttp2StreamOfAThreadThatWaits(long length) throws Exception {
        OkHttpClient client = http2();
        try (Container container =
                Container.start(Apps.of((request, response) -> waiting(request, response, length)))) {
            Request request = new Request.Builder().url(container.url("/")).build();
            try (Response response = client.newCall(request).execute()) {
                assertThatThrownBy(() -> response.body().bytes())
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(SocketTimeoutException.class);
            }
        } finally {
            stop(client);
        }
    }

    /** The host's own filter went asynchronous, so that ours waits, and completes the request whatever becomes of ours. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 100})
    void cutsTheConnectionOfAnotherFiltersAsynchronousRequest(long length) throws Exception {
        try (Container container = Container.start(Apps.of((request, response) -> {
                    AsyncContext context = request.startAsync();
                    try {
                        waiting(request, response, length);
                    } finally {
                        context.complete();
                    }
                }));
                RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a");
            assertThat(client.readToEnd()).contains("part").doesNotContain("\r\n0\r\n");
        }
    }

    /** Behind it there is a backend's connection, which would never be given back. */
    @ParameterizedTest
    @ValueSource(strings = {"flush", "stream", "status"})
    void aStreamIsLetGoWhateverKeepsItFromBeginning(String failing) throws Exception {
        ScriptedBody body = new ScriptedBody(List.<ByteBuffer>of().iterator(), ScriptedBody.End.STALL);
        Headers events = Headers.of("Content-Type", "text/event-stream");
        try (Container container = Container.start(Apps.of((request, response) -> {
                    GatewayResponse answer = new GatewayResponse(200, events, Body.stream(body, -1));
                    try {
                        new ResponseWriter(request, new Gone(response, failing)).write(answer);
                    } catch (IllegalStateException e) {
                        assertThat(failing).isEqualTo("status");
                    }
                }));
                RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a", "Connection: close");
            client.readToEnd();
            assertThat(body.cancelled).isDone();
        }
    }

    /** A response whose client is gone. */
    private static final class Gone extends HttpServletResponseWrapper {
        private final String failing;

        Gone(HttpServletResponse response, String failing) {
            super(response);
            this.failing = failing;
        }

        @Override
        public void setStatus(int status) {
            if (failing.equals("status")) {
                throw new IllegalStateException("recycled");
            }
            super.setStatus(status);
        }

        @Override
        public void flushBuffer() throws IOException {
            if (failing.equals("flush")) {
                throw new IOException("gone");
            }
            super.flushBuffer();
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            if (failing.equals("stream")) {
                throw new IOException("gone");
            }
            return super.getOutputStream();
        }
    }

    /** What was buffered of it must leave no trace in the error that comes instead. */
    @ParameterizedTest
    @ValueSource(longs = {4_000, 100})
    void anErrorTakesThePlaceOfAnAnswerThatBreaksInTheBuffer(long length) throws Exception {
        try (Container container = Container.start(Apps.of((request, response) -> {
                    assertThat(new ResponseWriter(request, response)
                                    .write(new GatewayResponse(200, Headers.empty(), Body.stream(part(), length))))
                            .isTrue();
                }));
                RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a", "Connection: close");
            String answer = client.readToEnd();
            assertThat(answer).startsWith("HTTP/1.1 502").endsWith("}").doesNotContain("part");
            String content = answer.substring(answer.indexOf("\r\n\r\n") + 4);
            assertThat(answer).contains("Content-Length: " + content.length() + "\r\n");
        }
    }

    /** Over HTTP/2 an answer without a length may have fields after it: those of the broken one are not there. */
    @Test
    void anErrorTakesThePlaceOfAnAnswerThatBreaksBeforeItBegins() throws Exception {
        OkHttpClient client = http2();
        ScriptedBody nothing = new ScriptedBody(List.<ByteBuffer>of().iterator(), ScriptedBody.End.FAIL);
        try (Container container = Container.start(Apps.of((request, response) -> new ResponseWriter(request, response)
                .write(new GatewayResponse(200, Headers.empty(), Body.stream(nothing, -1)))))) {
            Request request = new Request.Builder().url(container.url("/")).build();
            try (Response response = client.newCall(request).execute()) {
                assertThat(response.code()).isEqualTo(502);
                assertThat(response.body().string()).endsWith("}");
            }
        } finally {
            stop(client);
        }
    }

    @Test
    void aHeadOrEmptyAnswerLeavesAStreamUnread() throws Exception {
        ScriptedBody body = new ScriptedBody(List.<ByteBuffer>of().iterator(), ScriptedBody.End.STALL);
        try (Container container = Container.start(Apps.of((request, response) -> new ResponseWriter(request, response)
                        .write(new GatewayResponse(200, Headers.empty(), Body.stream(body, 42)))));
                RawClient client = RawClient.connect(container.port())) {
            client.head("HEAD / HTTP/1.1", "Host: a", "Connection: close");
            assertThat(client.readToEnd()).contains("Content-Length: 42\r\n").endsWith("\r\n\r\n");
        }
        assertThat(body.cancelled).isDone();
    }

    private static void waiting(HttpServletRequest request, HttpServletResponse response, long length)
            throws IOException {
        new ResponseWriter(request, response).writeHere(broken(length));
    }

    private static OkHttpClient http2() {
        return new OkHttpClient.Builder()
                .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .retryOnConnectionFailure(false)
                .build();
    }

    private static void stop(OkHttpClient client) {
        client.connectionPool().evictAll();
        client.dispatcher().executorService().shutdown();
    }

    private static void await(HttpServletRequest request, HttpServletResponse response, long length) {
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
        PendingAnswer.await(request, response, new ResponseWriter(request, response), answer, null);
        Thread gateway = new Thread(() -> answer.complete(broken(length)));
        gateway.start();
    }

    private static GatewayResponse broken(long length) {
        Headers eventStream = Headers.of("Content-Type", "text/event-stream");
        return new GatewayResponse(200, eventStream, Body.stream(part(), length));
    }

    private static ScriptedBody part() {
        return new ScriptedBody(
                List.of(ByteBuffer.wrap("part".getBytes(StandardCharsets.US_ASCII)))
                        .iterator(),
                ScriptedBody.End.FAIL);
    }
}
