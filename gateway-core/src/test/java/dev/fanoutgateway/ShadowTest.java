package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.fanout.Ejection;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayObserver;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.ShadowRecord;
import dev.fanoutgateway.spi.ShadowRecord.Fate;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Copies of requests, and that nobody but an observer ever hears of them. */
class ShadowTest {
    private static final Sample EVERY = Sample.of(request -> true).limit(Limit.perSecond(1_000));

    private final Stand stand = new Stand().all(Script.ok("prices"));
    private final List<ShadowRecord> copies = new CopyOnWriteArrayList<>();

    private Stand shadow(Shadow shadow) {
        stand.builder
                .backends(BackendGroup.of("next", "http://next")
                        .header("X-Token", "shadows")
                        .eject(Ejection.afterFailures(1)))
                .backends(BackendGroup.of("default", "http://a").header("X-Token", "replicas"))
                .observer(new GatewayObserver() {
                    @Override
                    public void onShadow(ShadowRecord copy) {
                        copies.add(copy);
                    }
                });
        return stand.route(everything().shadow(shadow));
    }

    private void awaitCopies(int count) {
        Awaitility.await().untilAsserted(() -> assertThat(copies).hasSize(count));
    }

    private void awaitShadowRequests(int count) {
        Awaitility.await().untilAsserted(() -> assertThat(sentTo("next")).hasSize(count));
    }

    private List<BackendRequest> sentTo(String host) {
        return stand.backends.requests().stream()
                .filter(sent -> sent.backend().base().getHost().equals(host))
                .toList();
    }

    @AfterEach
    void close() {
        stand.close();
    }

    @Test
    void aCopyGoesToTheShadowAndCarriesNoKey() {
        shadow(Shadow.to("next", EVERY)).on("next", Script.ok("other prices"));
        stand.builder.key("demo", "demo-key", "basic");

        GatewayResponse answer = stand.answer(GatewayRequest.get("/x?api_key=demo-key&symbol=IBM")
                .header("Authorization", "Basic c2VjcmV0")
                .header("Cookie", "session=secret")
                .header("X-Own", "1"));

        assertThat(answer.body().utf8()).isEqualTo("prices");
        awaitCopies(1);
        BackendRequest copy = sentTo("next").get(0);
        assertThat(copy.request().target()).isEqualTo("/x?symbol=IBM");
        Headers fields = copy.request().headers();
        assertThat(fields.all("X-Shadow")).containsExactly("copy");
        assertThat(fields.all("X-Token")).containsExactly("shadows");
        assertThat(fields.all("X-Own")).containsExactly("1");
        assertThat(fields.first("Authorization")).isEmpty();
        assertThat(fields.first("Cookie")).isEmpty();
        assertThat(fields.toString()).doesNotContain("demo-key");
        assertThat(sentTo("a").get(0).request().headers().first("X-Shadow")).isEmpty();
        ShadowRecord told = copies.get(0);
        assertThat(told.fate()).isEqualTo(Fate.SENT);
        assertThat(told.group()).isEqualTo("next");
        assertThat(told.attempt().orElseThrow().result()).isEqualTo(Result.WON);
        assertThat(stand.attempts).hasSize(1);
        assertThat(stand.lastRecord().attempts()).hasSize(1);
    }

    @Test
    void onlyWhatGoesToTheBackendsIsCopied() {
        shadow(Shadow.to("next", EVERY)).on("next", Script.ok(""));
        stand.answer("/x");
        stand.answer("/x"); // a hit
        stand.answer("/y");
        awaitCopies(2);
        assertThat(sentTo("next")).hasSize(2);
    }

    @Test
    void whatFailsAtTheShadowIsNobodysTrouble() {
        shadow(Shadow.to("next", EVERY))
                .on(
                        "next",
                        Script.answers(500, ""),
                        Script.fails(Failure.UNREACHABLE),
                        Script.fails(Failure.TOO_LARGE));
        for (int i = 0; i < 20; i++) {
            assertThat(stand.answer("/" + i).status()).isEqualTo(200);
            awaitCopies(i + 1);
        }
        assertThat(copies).allMatch(copy -> copy.fate() == Fate.SENT);
        assertThat(copies)
                .extracting(copy -> copy.attempt().orElseThrow().result())
                .contains(Result.REJECTED, Result.UNREACHABLE)
                .doesNotContain(Result.WON);
        assertThat(stand.messages).isEmpty();
        assertThat(stand.attempts).hasSize(20);
    }

    @Test
    void aHungShadowTakesItsRoomAndNoMore() {
        shadow(Shadow.to("next", EVERY.maxInFlight(2)).timeout(Duration.ofSeconds(3)))
                .on("next", Script.hangs());
        stand.answer("/1");
        stand.answer("/2");
        awaitShadowRequests(2);
        assertThat(stand.answer("/3").body().utf8()).isEqualTo("prices");
        assertThat(copies).extracting(ShadowRecord::fate).containsExactly(Fate.NO_ROOM);

        Awaitility.await()
                .untilAsserted(() -> assertThat(stand.backends.running()).isEqualTo(2));
        Awaitility.await().until(() -> {
            stand.pass(3_000);
            return copies.size() == 3;
        });
        assertThat(copies.get(1).attempt().orElseThrow().result()).isEqualTo(Result.TIMED_OUT);
        assertThat(stand.backends.running()).isZero();

        stand.on("next", Script.ok(""));
        Awaitility.await().until(() -> {
            stand.answer("/4" + copies.size());
            return copies.get(copies.size() - 1).fate() == Fate.SENT;
        });
        assertThat(stand.messages).isEmpty();
    }

    @Test
    void theBudgetBoundsThemWhateverTheTraffic() {
        shadow(Shadow.to("next", EVERY.limit(Limit.perSecond(2)))).on("next", Script.ok(""));
        for (int i = 0; i < 5; i++) {
            stand.answer("/" + i);
        }
        awaitCopies(5);
        assertThat(copies)
                .extracting(ShadowRecord::fate)
                .filteredOn(Fate.SENT::equals)
                .hasSize(2);
        stand.pass(500);
        stand.answer("/again");
        awaitCopies(6);
        assertThat(copies.get(5).fate()).isEqualTo(Fate.SENT);
    }

    @Test
    void onlySafeMethodsUnlessTheHostSaysOtherwise() {
        GatewayRequest post = GatewayRequest.of("POST", "/x").withBody(Body.utf8("order"));
        shadow(Shadow.to("next", EVERY)).on("next", Script.ok(""));
        stand.answer(post);
        stand.answer("/x");
        awaitCopies(1);
        assertThat(sentTo("next")).hasSize(1);

        Stand other = new Stand().all(Script.ok("done")).on("next", Script.ok(""));
        other.builder.backends(BackendGroup.of("next", "http://next"));
        other.route(everything().shadow(Shadow.to("next", EVERY).withUnsafeMethods()));
        other.answer(post);
        Awaitility.await()
                .untilAsserted(() -> assertThat(other.backends.requests()).anySatisfy(sent -> {
                    assertThat(sent.backend().group()).isEqualTo("next");
                    assertThat(sent.request().body().utf8()).isEqualTo("order");
                }));
        other.close();
    }

    @Test
    void aSampleThatThrowsTakesNothing() {
        shadow(Shadow.to("next", Sample.of(request -> {
            throw new IllegalStateException(Misconduct.SECRET);
        })));
        assertThat(stand.answer("/x").status()).isEqualTo(200);
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
        assertThat(stand.messages.toString()).contains("sample of the shadow").doesNotContain(Misconduct.SECRET);
    }

    @Test
    void aShareIsTakenInTheLongRun() {
        Sample tenth = Sample.share(0.1);
        int taken = 0;
        for (int i = 0; i < 100_000; i++) {
            taken += tenth.taken().test(GatewayRequest.get("/")) ? 1 : 0;
        }
        assertThat(taken).isBetween(9_000, 11_000);
        assertThat(Sample.share(0).taken().test(GatewayRequest.get("/"))).isFalse();
        assertThat(Sample.share(1).taken().test(GatewayRequest.get("/"))).isTrue();
    }

    @Test
    void aClosedGatewaysShadowDisturbsNobody() {
        shadow(Shadow.to("next", EVERY)).on("next", Script.ok(""));
        stand.gateway().close();
        assertThat(stand.answer("/x").status()).isEqualTo(200);
        assertThat(copies).extracting(ShadowRecord::fate).containsExactly(Fate.NO_ROOM);
    }

    @Test
    void nonsenseIsRefusedWithTheValue() {
        assertThatThrownBy(() -> Sample.share(1.5)).hasMessageContaining("got 1.5");
        assertThatThrownBy(() -> Sample.share(Double.NaN)).hasMessageContaining("got NaN");
        assertThatThrownBy(() -> EVERY.maxInFlight(0)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> Shadow.to("next", EVERY).timeout(Duration.ZERO))
                .hasMessageContaining("got PT0S");
        stand.route(everything().shadow(Shadow.to("nowhere", EVERY)));
        assertThatThrownBy(stand::gateway)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the shadow of route '/**' names the backends 'nowhere'");
    }
}
