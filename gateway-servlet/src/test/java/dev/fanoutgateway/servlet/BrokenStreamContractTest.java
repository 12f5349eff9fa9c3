package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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
        try (Container container = Container.start(Apps.of((request, response) -> {
                    if (!new ResponseWriter(request, response).write(broken(length))) {
                        throw new IOException("as the filter does");
                    }
                }));
                RawClient client = RawClient.connect(container.port())) {
            client.head("GET / HTTP/1.1", "Host: a");
            assertThat(client.readToEnd()).contains("part").doesNotContain("\r\n0\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 100})
    void resetsAnHttp2Stream(long length) throws Exception {
        OkHttpClient client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .retryOnConnectionFailure(false)
                .build();
        try (Container container = Container.start(Apps.of((request, response) -> await(request, response, length)))) {
            Request request = new Request.Builder().url(container.url("/")).build();
            try (Response response = client.newCall(request).execute()) {
                assertThatThrownBy(() -> response.body().bytes()).isInstanceOf(IOException.class);
            }
        } finally {
            client.connectionPool().evictAll();
            client.dispatcher().executorService().shutdown();
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

    private static void await(HttpServletRequest request, HttpServletResponse response, long length) {
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
        PendingAnswer.await(request, response, new ResponseWriter(request, response), answer);
        Thread gateway = new Thread(() -> answer.complete(broken(length)));
        gateway.start();
    }

    private static GatewayResponse broken(long length) {
        ScriptedBody body = new ScriptedBody(
                List.of(ByteBuffer.wrap("part".getBytes(StandardCharsets.US_ASCII)))
                        .iterator(),
                ScriptedBody.End.FAIL);
        Headers eventStream = Headers.of("Content-Type", "text/event-stream");
        return new GatewayResponse(200, eventStream, Body.stream(body, length));
    }
}
