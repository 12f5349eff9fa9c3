package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The first of three real replicas is ill: every request is answered all the same, whatever ails it, however they are asked.
 */
class IllReplicaTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int REQUESTS = 60;
    private static final int AT_ONCE = 3;

    static Stream<Arguments> cases() {
        return Stream.of("killed", "hung", "slow", "garbage", "cut short", "503")
                .flatMap(illness -> Stream.of("failover", "hedged", "ordered", "parallel", "adaptive")
                        .map(strategy -> Arguments.of(illness, strategy)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyRequestIsAnswered(String illness, String strategy) throws Exception {
        try (RawServer ill = ill(illness);
                RawServer second = RawServer.answering(OK);
                RawServer third = RawServer.answering(OK);
                FanoutGateway gateway = gateway(illness, strategy, ill.url(), second.url(), third.url())) {
            if (illness.equals("killed")) {
                ill.close();
            }
            for (int i = 0; i < REQUESTS; i += AT_ONCE) {
                List<CompletableFuture<GatewayResponse>> answers = new ArrayList<>();
                for (int each = 0; each < AT_ONCE; each++) {
                    answers.add(gateway.handle(GatewayRequest.get("/" + i + each)));
                }
                for (CompletableFuture<GatewayResponse> answer : answers) {
                    GatewayResponse response = answer.get(20, TimeUnit.SECONDS);
                    assertThat(response.status()).isEqualTo(200);
                    assertThat(response.body().utf8()).isEqualTo("ok");
                }
            }
            if (!illness.equals("killed")) {
                assertThat(ill.connections()).as("it was asked").isPositive();
            }
        }
    }

    private static RawServer ill(String illness) throws IOException {
        AtomicInteger requests = new AtomicInteger();
        return switch (illness) {
            case "hung" ->
                new RawServer(peer -> {
                    peer.request();
                    peer.awaitClose();
                });
            case "slow" ->
                new RawServer(peer -> {
                    while (peer.request() != null) {
                        if (requests.incrementAndGet() % 10 == 0) {
                            TimeUnit.MILLISECONDS.sleep(100); // what this replica is: slow now and then
                        }
                        peer.send(OK);
                    }
                });
            case "garbage" -> RawServer.closingAfter("lorem ipsum\r\n\r\n");
            case "cut short" -> RawServer.closingAfter("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
            case "503" -> RawServer.answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
            default -> RawServer.answering(OK);
        };
    }

    private static FanoutGateway gateway(String illness, String strategy, String... urls) {
        // A busy machine must not make a well replica look hung; only where one hangs is the time waited for.
        Duration attempt = illness.equals("hung") ? Duration.ofSeconds(2) : Duration.ofSeconds(15);
        return Gateway.builder()
                .backends(BackendGroup.of("replicas", urls))
                .route(Route.path("/**")
                        .backends("replicas")
                        .strategy(
                                switch (strategy) {
                                    case "failover" -> FanoutStrategy.failover();
                                    case "hedged" -> FanoutStrategy.hedged(Duration.ofMillis(20));
                                    case "ordered" -> FanoutStrategy.ordered(Duration.ofMillis(2));
                                    case "parallel" -> FanoutStrategy.parallel();
                                    default -> FanoutStrategy.adaptive();
                                })
                        .attemptTimeout(attempt)
                        .cache(CachePolicy.off())
                        .build())
                .build();
    }
}
