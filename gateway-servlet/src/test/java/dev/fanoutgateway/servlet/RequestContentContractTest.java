package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;

/** What becomes of a request's content. */
class RequestContentContractTest extends FilterContract {
    @Test
    void postReachesTheBackendWithItsContent() throws Exception {
        start(false);
        backend.enqueue(json("{}"));
        byte[] content = new byte[200_000];
        Arrays.fill(content, (byte) 'x');
        HttpResponse<String> response = send(request("/api/orders").POST(BodyPublishers.ofByteArray(content)));
        assertThat(response.statusCode()).isEqualTo(200);
        RecordedRequest received = backend.takeRequest();
        assertThat(received.getMethod()).isEqualTo("POST");
        assertThat(received.getBody().toByteArray()).isEqualTo(content);
    }

    @Test
    void contentOfUnknownLengthReachesTheBackend() throws Exception {
        start(false);
        backend.enqueue(json("{}"));
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("POST /api/orders HTTP/1.1", "Host: a", "Connection: close", "Transfer-Encoding: chunked")
                    .text("3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
            assertThat(raw.readToEnd()).startsWith("HTTP/1.1 200");
        }
        assertThat(backend.takeRequest().getBody().utf8()).isEqualTo("abcdefg");
    }

    @Test
    void moreContentThanIsTakenIsRefusedBeforeItIsRead() throws Exception {
        start(false);
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("POST /api/orders HTTP/1.1", "Host: a", "Content-Length: 1048577");
            assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 413").contains("\"reason\": \"content-too-large\"");
        }
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void moreContentThanIsTakenIsRefusedWhereverItsLengthIsUnknown() throws Exception {
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/**").build())
                .maxRequestBytes(5)
                .build();
        start(new GatewayFilter(gateway));
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("POST /api/orders HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")
                    .text("6\r\nabcdef\r\n0\r\n\r\n");
            assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 413");
        }
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void contentThatIsBrokenOffIsNotSentOn() throws Exception {
        start(false);
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("POST /api/orders HTTP/1.1", "Host: a", "Content-Length: 10")
                    .text("abc");
            raw.socket().shutdownOutput();
            assertThat(raw.readToEnd()).doesNotContain("HTTP/1.1 200");
        }
        assertThat(app.seen.poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(backend.getRequestCount()).isZero();
    }
}
