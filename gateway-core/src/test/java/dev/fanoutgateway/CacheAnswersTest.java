package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static dev.fanoutgateway.Stand.keyed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheAnswersTest {
    private final Stand stand = new Stand();

    @Test
    void aHitHasItsAgeAndSaysSo() {
        stand.all(Script.ok("prices"));
        GatewayResponse first = stand.answer("/a");
        assertThat(field(first, "Cache-Status")).isEqualTo("fanout-gateway; fwd=uri-miss; stored");
        stand.pass(90_500);
        GatewayResponse hit = stand.answer("/a");
        assertThat(field(hit, "Age")).isEqualTo("90");
        assertThat(field(hit, "Cache-Status")).isEqualTo("fanout-gateway; hit; ttl=3509");
        assertThat(hit.body().utf8()).isEqualTo("prices");
        assertThat(stand.outcomes()).containsExactly(Outcome.FORWARDED, Outcome.HIT);
        assertThat(stand.lastRecord().attempts()).isEmpty();
    }

    @Test
    void aHitIsThereOnReturnWithoutAnyTimerOrTask() {
        AtomicInteger tasks = new AtomicInteger();
        AtomicInteger timers = new AtomicInteger();
        FakeClock clock = stand.clock;
        stand.builder
                .executor(task -> {
                    tasks.incrementAndGet();
                    task.run();
                })
                .clock(new GatewayClock() {
                    @Override
                    public long nanoTime() {
                        return clock.nanoTime();
                    }

                    @Override
                    public long currentTimeMillis() {
                        return clock.currentTimeMillis();
                    }

                    @Override
                    public Timer schedule(long delayNanos, Runnable task) {
                        timers.incrementAndGet();
                        return clock.schedule(delayNanos, task);
                    }
                })
                .plan(Plan.of("basic").limit(Limit.perSecond(9)).quota(Quota.perDay(99)))
                .key("demo", "demo-key", "basic");
        stand.all(Script.ok("prices"));
        stand.answer(keyed("/a", "demo-key"));
        tasks.set(0);
        timers.set(0);
        assertThat(stand.ask(keyed("/a", "demo-key"))).isDone();
        assertThat(stand.lastRecord().outcome()).isEqualTo(Outcome.HIT);
        assertThat(tasks).hasValue(0);
        assertThat(timers).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({
        "Set-Cookie, id=1",
        "Cache-Control, private",
        "Cache-Control, no-store",
        "Cache-Control, 'public, private'",
        "Cache-Control, no-cache",
        "Cache-Control, s-maxage=0",
        "Vary, *"
    })
    void whatMayNotBeSharedIsNotStored(String name, String value) {
        stand.all(Script.answers(HandBackends.ok("mine", name, value)));
        assertThat(field(stand.answer("/a"), "Cache-Status")).doesNotContain("stored");
        GatewayResponse second = stand.answer("/a");
        assertThat(field(second, "Cache-Status")).contains("fwd=").doesNotContain("hit");
        assertThat(stand.outcomes()).containsExactly(Outcome.FORWARDED, Outcome.FORWARDED);
    }

    @Test
    void callersOfAPerCallerRouteHaveEntriesOfTheirOwn() {
        stand.builder.key("one", "key-one", "any").key("two", "key-two", "any").key("none%20", "key-three", "any");
        stand.route(
                everything().auth(Auth.OPTIONAL).cache(CachePolicy.standard().perCaller(true)));
        for (String key : new String[] {"key-one", "key-two", "key-three"}) {
            stand.all(Script.ok("for " + key));
            assertThat(stand.answer(keyed("/a", key)).body().utf8()).isEqualTo("for " + key);
        }
        stand.all(Script.ok("for nobody"));
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("for nobody");
        assertThat(stand.answer(keyed("/a", "key-one")).body().utf8()).isEqualTo("for key-one");
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("for nobody");
        assertThat(stand.lastRecord().outcome()).isEqualTo(Outcome.HIT);
    }

    @Test
    void headIsAnsweredFromGet() {
        stand.all(Script.ok("prices"));
        stand.answer("/a");
        GatewayResponse head = stand.answer(GatewayRequest.of("HEAD", "/a"));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body().length()).isZero();
        assertThat(field(head, "Content-Length")).isEqualTo("6");
        assertThat(stand.outcomes()).containsExactly(Outcome.FORWARDED, Outcome.HIT);
    }

    @Test
    void whoWantsAStoredAnswerOrNoneCostsNoBackendACall() {
        stand.all(Script.ok("prices"));
        GatewayRequest stored = GatewayRequest.get("/a").header("Cache-Control", "Only-If-Cached");
        assertThat(stand.answer(stored).status()).isEqualTo(504);
        assertThat(Stand.launches(stand.backends)).isEmpty();
        assertThat(stand.messages).isEmpty();
        stand.answer("/a");
        assertThat(stand.answer(stored).status()).isEqualTo(200);
        assertThat(stand.outcomes()).containsExactly(Outcome.ABSENT, Outcome.FORWARDED, Outcome.HIT);
    }

    @Test
    void aClientThatHasItGets304() {
        stand.all(Script.answers(HandBackends.ok("prices", "ETag", "\"v1\"")));
        GatewayRequest has = GatewayRequest.get("/a").header("If-None-Match", "W/\"v1\"");
        GatewayResponse first = stand.answer(has);
        assertThat(first.status()).isEqualTo(304);
        GatewayResponse hit = stand.answer(has);
        assertThat(hit.status()).isEqualTo(304);
        assertThat(field(hit, "ETag")).isEqualTo("\"v1\"");
        assertThat(hit.body().length()).isZero();
        assertThat(stand.answer(GatewayRequest.get("/a").header("If-None-Match", "\"v2\""))
                        .status())
                .isEqualTo(200);
        assertThat(Stand.launches(stand.backends)).containsExactly("a");
        assertThat(stand.outcomes()).containsExactly(Outcome.FORWARDED, Outcome.HIT, Outcome.HIT);
    }

    @Test
    void absenceIsRememberedOnlyIfAllSaidSo() {
        stand.route(everything().cache(CachePolicy.standard().absentTtl(Duration.ofSeconds(30))));
        stand.all(Script.answers(404, "none")).on("c", Script.fails(Failure.UNREACHABLE));
        stand.answer("/a");
        stand.all(Script.ok("there after all"));
        assertThat(stand.answer("/a").status()).isEqualTo(200);

        stand.all(Script.answers(404, "none"));
        assertThat(stand.answer("/b").status()).isEqualTo(404);
        stand.all(Script.ok("there after all"));
        stand.pass(29_999);
        GatewayResponse remembered = stand.answer("/b");
        assertThat(remembered.status()).isEqualTo(404);
        assertThat(remembered.body().utf8()).contains("\"reason\": \"absent\"");
        assertThat(field(remembered, "Cache-Control")).isEqualTo("no-store");
        assertThat(field(remembered, "Cache-Status")).isEqualTo("fanout-gateway; hit; ttl=0");
        stand.pass(1);
        assertThat(stand.answer("/b").status()).isEqualTo(200);
    }

    @Test
    void absenceIsNotRememberedWithoutATimeForIt() {
        stand.all(Script.answers(404, "none"));
        stand.answer("/a");
        stand.all(Script.ok("there"));
        assertThat(stand.answer("/a").status()).isEqualTo(200);
    }

    @Test
    void noCacheAsksTheBackendsAndRefreshesWhatIsStored() {
        stand.all(Script.ok("old"));
        stand.answer("/a");
        stand.all(Script.ok("new"));
        GatewayResponse fresh = stand.answer(GatewayRequest.get("/a").header("Cache-Control", "no-cache"));
        assertThat(fresh.body().utf8()).isEqualTo("new");
        assertThat(field(fresh, "Cache-Status")).isEqualTo("fanout-gateway; fwd=request; stored");
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("new");
    }

    @Test
    void withTheCacheOffNothingIsStored() {
        stand.route(everything().cache(CachePolicy.off()));
        stand.all(Script.ok("one"), Script.ok("two"));
        assertThat(field(stand.answer("/a"), "Cache-Status")).isEqualTo("fanout-gateway; fwd=bypass");
        stand.all(Script.ok("two"));
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("two");
    }
}
