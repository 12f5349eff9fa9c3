package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import java.time.Duration;

/** Calls as tests make them: on this thread, with ample time and room unless said otherwise. */
final class Calls {
    static final Duration AMPLE = Duration.ofSeconds(20);
    static final String SECRET = "s3cr3t";

    private Calls() {}

    static BackendRequest to(String url, GatewayRequest request) {
        return to(url, request, AMPLE, 1 << 20);
    }

    static BackendRequest to(String url, GatewayRequest request, Duration timeout, long maxBytes) {
        return new BackendRequest(Backend.of("group", url), request, timeout.toNanos(), maxBytes);
    }

    static Reply call(BackendClient client, String url, GatewayRequest request) {
        return call(client, to(url, request));
    }

    static Reply call(BackendClient client, BackendRequest request) {
        BackendClient.Call call = client.newCall(request);
        call.start(Runnable::run);
        Reply reply = call.reply().toCompletableFuture().getNow(null);
        assertThat(reply).as("a call on this thread is over when start returns").isNotNull();
        assertThat(reply.detail()).doesNotContain(SECRET);
        return reply;
    }

    static GatewayResponse response(Reply reply) {
        assertThat(reply.failure()).as(reply.detail()).isNull();
        return reply.response();
    }

    static void assertFailed(Reply reply, Failure failure, boolean sent) {
        assertThat(reply.response()).isNull();
        assertThat(reply.failure()).as(reply.detail()).isEqualTo(failure);
        assertThat(reply.requestSent()).isEqualTo(sent);
        assertThat(reply.detail()).isNotEmpty();
    }
}
