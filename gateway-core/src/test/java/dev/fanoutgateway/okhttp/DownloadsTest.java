package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;

class DownloadsTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    @StartStop
    private final MockWebServer server = new MockWebServer();

    @Test
    void theWholeDocumentAsItIs() throws Exception {
        server.enqueue(new MockResponse.Builder().body("{\"keys\":[]}").build());
        assertThat(get(LONG, 11)).asString().isEqualTo("{\"keys\":[]}");
        assertThat(server.takeRequest().getMethod()).isEqualTo("GET");
    }

    @Test
    void noRedirectIsFollowed() {
        for (int status : new int[] {301, 302, 303, 307, 308}) {
            server.enqueue(new MockResponse.Builder()
                    .code(status)
                    .addHeader("Location", server.url("/elsewhere"))
                    .build());
            assertThatThrownBy(() -> get(LONG, 100)).hasMessage("expected status 200, got " + status);
        }
        assertThat(server.getRequestCount()).isEqualTo(5);
    }

    @Test
    void otherStatusesAreFailures() {
        for (int status : new int[] {204, 206, 404, 500}) {
            server.enqueue(new MockResponse.Builder().code(status).build());
            assertThatThrownBy(() -> get(LONG, 100)).hasMessage("expected status 200, got " + status);
        }
    }

    @Test
    void moreThanItMayHaveIsAFailureWhateverLengthItSays() {
        server.enqueue(new MockResponse.Builder().body("x".repeat(101)).build());
        server.enqueue(new MockResponse.Builder()
                .chunkedBody("x".repeat(1 << 20), 1_000)
                .build());
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> get(LONG, 100)).hasMessage("expected at most 100 bytes, got more");
        }
    }

    @Test
    void aServerThatTricklesIsGivenUp() {
        server.enqueue(new MockResponse.Builder()
                .body("x".repeat(1_000))
                .throttleBody(1, 100, TimeUnit.MILLISECONDS)
                .build());
        assertThatThrownBy(() -> get(TimeUnit.MILLISECONDS.toNanos(300), 10_000))
                .isInstanceOf(IOException.class)
                .hasMessage("expected an answer within 300 ms, got none");
    }

    @Test
    void nobodyThereIsAnIoException() throws Exception {
        URI gone = server.url("/jwks").uri();
        server.close();
        assertThatThrownBy(() -> new Downloads().get(gone, LONG, 100)).isInstanceOf(IOException.class);
    }

    private byte[] get(long timeoutNanos, int most) throws IOException {
        return new Downloads().get(server.url("/jwks").uri(), timeoutNanos, most);
    }
}
