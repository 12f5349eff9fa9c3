package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.okhttp.HostileAnswers.Case;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A backend that answers once as it should not: that harms nobody but, at most, the one who asked. */
class HostileBackendTest {
    private static final String NEXT = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext";

    static List<Case> cases() {
        return HostileAnswers.all();
    }

    /** Answers the first request as told, and all others well. */
    private static RawServer backend(Case first) throws Exception {
        AtomicBoolean asked = new AtomicBoolean();
        return new RawServer(peer -> {
            while (peer.request() != null) {
                boolean hostile = asked.compareAndSet(false, true);
                peer.send(hostile ? first.bytes() : NEXT);
                if (hostile && first.closes()) {
                    return;
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theNextRequestGetsItsOwnAnswer(Case first) throws Exception {
        try (RawServer server = backend(first);
                OkHttpBackendClient client = OkHttpBackendClient.create()) {
            Reply reply = Calls.call(client, server.url(), GatewayRequest.of(first.method(), "/x"));
            if (first.gives() == null) {
                Calls.assertFailed(reply, Failure.BROKEN, true);
            } else {
                GatewayResponse response = Calls.response(reply);
                assertThat(response.status() + " " + response.body().utf8()).isEqualTo(first.gives());
            }
            GatewayResponse next = Calls.response(Calls.call(client, server.url(), GatewayRequest.of("POST", "/x")));
            assertThat(next.body().utf8()).isEqualTo("next");
            assertThat(server.requests()).hasSize(2);
            assertThat(server.connections()).isEqualTo(first.kept() ? 1 : 2);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsRejectedIsNotStored(Case first) throws Exception {
        if (first.gives() != null) {
            return;
        }
        try (RawServer server = backend(first);
                FanoutGateway gateway = Gateway.builder()
                        .backends(BackendGroup.of("default", server.url()))
                        .route(Route.path("/**")
                                .cache(CachePolicy.standard())
                                .accept(Acceptors.any())
                                .build())
                        .build()) {
            assertThat(answer(gateway).status()).isEqualTo(404);
            assertThat(answer(gateway).body().utf8()).isEqualTo("next");
            assertThat(answer(gateway).body().utf8()).isEqualTo("next");
            assertThat(server.requests()).hasSize(2);
        }
    }

    private static GatewayResponse answer(FanoutGateway gateway) throws Exception {
        return gateway.handle(GatewayRequest.get("/x")).get(20, TimeUnit.SECONDS);
    }

    @Test
    void thereAreManyOfThem() {
        assertThat(cases()).hasSizeGreaterThan(100).extracting(Case::name).doesNotHaveDuplicates();
    }
}
