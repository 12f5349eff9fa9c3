package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.ComparisonRecord;
import dev.fanoutgateway.spi.ComparisonRecord.Result;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayObserver;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Comparisons of replicas, beside the requests. */
class DivergenceCheckTest {
    private static final DivergenceCheck EVERY =
            DivergenceCheck.of(Sample.of(request -> true)).confirmAfter(Duration.ZERO);

    private final Stand stand = new Stand();
    private final List<ComparisonRecord> comparisons = new CopyOnWriteArrayList<>();

    private static Script json(String text) {
        return Script.answers(
                new GatewayResponse(200, Headers.of("Content-Type", "application/json"), Body.utf8(text)));
    }

    private Stand check(DivergenceCheck check) {
        stand.builder.observer(new GatewayObserver() {
            @Override
            public void onComparison(ComparisonRecord comparison) {
                comparisons.add(comparison);
            }
        });
        return stand.route(everything().strategy(FanoutStrategy.single()).compare(check));
    }

    private ComparisonRecord compared() {
        Awaitility.await().until(() -> !comparisons.isEmpty());
        return comparisons.remove(0);
    }

    @AfterEach
    void close() {
        stand.close();
    }

    /** What was asked for comparisons. */
    private List<BackendRequest> asked() {
        return stand.backends.requests().stream()
                .filter(sent -> sent.request().headers().all("X-Shadow").equals(List.of("comparison")))
                .toList();
    }

    @Test
    void theDevelopersAreToldWhoDiffersAndWhereButNotInWhat() {
        check(EVERY.ignoring("/meta", "/**/at"))
                .on("a", json("{\"price\": 1.50, \"meta\": 1, \"items\": [{\"at\": 1, \"n\": \"secret-1\"}]}"))
                .on("b", json("{\"items\": [{\"at\": 2, \"n\": \"secret-1\"}], \"price\": 1.5, \"meta\": 2}"))
                .on("c", json("{\"price\": 1.6, \"items\": [{\"at\": 3, \"n\": \"secret-2\"}, 5], \"more\": null}"));

        assertThat(stand.answer("/x?symbol=IBM").status()).isEqualTo(200);

        ComparisonRecord record = compared();
        assertThat(record.result()).isEqualTo(Result.DIVERGED);
        assertThat(record.compared()).isEqualTo(3);
        Awaitility.await().until(() -> !stand.messages.isEmpty());
        DevMessage message = stand.messages.get(0);
        assertThat(message.type()).isEqualTo(Type.REPLICAS_DIVERGED);
        assertThat(message.fingerprint()).isEqualTo("divergence:/**");
        assertThat(message.title()).isEqualTo("replicas of group 'default' answer differently at route /**");
        assertThat(message.details())
                .containsExactly(
                        "GET /x",
                        "most agree, 2 of 3: http://a, http://b",
                        "http://c differ at /items/*/n, /items, /more, /price");
        assertThat(message.toString()).doesNotContain("secret", "1.6", "IBM");
        assertThat(stand.attempts).as("nobody learns from a comparison").hasSize(1);
        assertThat(asked()).hasSize(3).allSatisfy(sent -> {
            assertThat(sent.request().headers().all("Accept-Encoding")).containsExactly("identity");
            assertThat(sent.request().target()).isEqualTo("/x?symbol=IBM");
        });
    }

    @Test
    void replicasThatAgreeAreNoNews() {
        check(EVERY).all(json("{\"a\": [1, {\"b\": 2}]}"));
        stand.answer("/x");
        assertThat(compared()).isEqualTo(new ComparisonRecord("/**", "default", Result.AGREED, 3, List.of()));
        assertThat(stand.messages).isEmpty();
    }

    @Test
    void failuresAreNotCompared() {
        check(EVERY).on("a", json("1")).on("b", Script.answers(503, "x"));
        stand.answer("/x");
        assertThat(compared().result()).isEqualTo(Result.INCOMPARABLE);
        assertThat(stand.messages).isEmpty();
    }

    @Test
    void aReplicaThatHasNothingDiffersByItsStatus() {
        check(EVERY).on("a", json("1")).on("b", Script.answers(404, "x")).on("c", Script.ok("no json"));
        stand.answer("/x");
        assertThat(compared().findings())
                .containsExactly(
                        "no majority; the largest camp, 1 of 3: http://a",
                        "http://b answered with status 404, not 200",
                        "http://c answered with no JSON");
    }

    @Test
    void aHungReplicaIsNotWaitedForByAnybodyElse() {
        check(EVERY.timeout(Duration.ofMillis(500)))
                .on("a", json("1"))
                .on("b", json("2"))
                .on("c", Script.hangs());
        assertThat(stand.answer("/x").body().utf8()).isEqualTo("1");
        Awaitility.await().until(() -> {
            stand.pass(500);
            return !comparisons.isEmpty();
        });
        assertThat(compared().compared()).isEqualTo(2);
        assertThat(stand.backends.running()).isZero();
    }

    @Test
    void whatIsTheSameASecondLaterWasNoDrift() {
        check(EVERY.confirmAfter(Duration.ofSeconds(1)))
                .on("a", json("1"))
                .on("b", json("2"), json("1"))
                .on("c", json("1"));
        stand.answer("/x");
        Awaitility.await().until(() -> {
            stand.pass(1_000);
            return !comparisons.isEmpty();
        });
        assertThat(compared().result()).isEqualTo(Result.AGREED);

        stand.on("c", json("3"));
        stand.answer("/y");
        Awaitility.await().until(() -> {
            stand.pass(1_000);
            return !comparisons.isEmpty();
        });
        assertThat(compared().result()).isEqualTo(Result.DIVERGED);
        Awaitility.await().until(() -> stand.types().equals(List.of(Type.REPLICAS_DIVERGED)));
    }

    @Test
    void boundsHold() {
        check(DivergenceCheck.of(Sample.of(request -> true).limit(Limit.perSecond(1)))
                        .confirmAfter(Duration.ZERO))
                .all(json("1"));
        stand.answer("/1");
        stand.answer("/2");
        stand.answer(GatewayRequest.of("POST", "/3"));
        Awaitility.await().until(() -> comparisons.size() == 2);
        assertThat(comparisons)
                .extracting(ComparisonRecord::result)
                .containsExactlyInAnyOrder(Result.AGREED, Result.OVER_BUDGET);
    }

    @Test
    void aLongAnswerIsNotCompared() {
        check(EVERY.maxBodyBytes(100)).all(json("1"));
        stand.answer("/x");
        compared();
        assertThat(asked()).hasSize(3).allMatch(sent -> sent.maxResponseBytes() == 100);
    }

    @Test
    void nonsenseIsRefusedWithTheValue() {
        assertThatThrownBy(() -> EVERY.ignoring("meta")).hasMessageContaining("got 'meta'");
        assertThatThrownBy(() -> EVERY.ignoring("/a/")).hasMessageContaining("got '/a/'");
        assertThatThrownBy(() -> EVERY.ignoring("/a~2")).hasMessageContaining("got '/a~2'");
        assertThatThrownBy(() -> EVERY.maxBodyBytes(0)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> EVERY.timeout(Duration.ofHours(1))).hasMessageContaining("got PT1H");
        assertThatThrownBy(() -> EVERY.confirmAfter(Duration.ofHours(1))).hasMessageContaining("got PT1H");
    }
}
