package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static dev.fanoutgateway.Stand.keyed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final Plan PLAN = Plan.of("basic")
            .limit(Limit.perSecond(2))
            .limit(Limit.perHour(100))
            .quota(Quota.perMonth(1_000))
            .routes("/**");

    private final Stand stand = new Stand().all(Script.ok("prices"));

    private Stand limited() {
        stand.builder.plan(PLAN).key("one", "key-one", "basic").key("two", "key-two", "basic");
        return stand;
    }

    private static void assertFields(GatewayResponse response, String limit) {
        assertThat(field(response, "RateLimit-Policy"))
                .isEqualTo("\"2/1s\";q=2;w=1, \"100/1h\";q=100;w=3600, \"month\";q=1000;qu=\"credits\";w=2678400");
        assertThat(field(response, "RateLimit")).isEqualTo(limit);
    }

    @Test
    void everyReplyToALimitedCallerCarriesItsLimits() {
        limited();
        assertFields(
                stand.answer(keyed("/a", "key-one")),
                "\"2/1s\";r=1;t=1, \"100/1h\";r=99;t=36, \"month\";r=999;t=2678400");
        GatewayResponse hit = stand.answer(keyed("/a", "key-one"));
        assertFields(hit, "\"2/1s\";r=0;t=1, \"100/1h\";r=98;t=36, \"month\";r=998;t=2678400");
        assertThat(hit.headers().contains("Retry-After")).isFalse();
        assertThat(field(hit, "Cache-Status")).contains("hit");
        assertThat(hit.status()).isEqualTo(200);
    }

    @Test
    void hitsAreLimitedToo() {
        limited();
        assertThat(stand.answer(keyed("/a", "key-one")).status()).isEqualTo(200);
        assertThat(stand.answer(keyed("/a", "key-one")).status()).isEqualTo(200);
        GatewayResponse refused = stand.answer(keyed("/a", "key-one"));
        assertThat(refused.status()).isEqualTo(429);
        assertFields(refused, "\"2/1s\";r=0;t=1");
        assertThat(field(refused, "Retry-After")).isEqualTo("1");
        assertThat(field(refused, "Cache-Control")).isEqualTo("no-store");
        assertThat(refused.body().utf8()).contains("rate-limited").doesNotContain("prices");
        assertThat(stand.outcomes()).containsExactly(Outcome.FORWARDED, Outcome.HIT, Outcome.LIMITED);
        stand.pass(500);
        assertThat(stand.answer(keyed("/a", "key-one")).status()).isEqualTo(200);
    }

    @Test
    void failuresCarryLimitsAsWellAndCostNoCredit() {
        limited().all(Script.answers(500, "broken"));
        assertFields(
                stand.answer(keyed("/a", "key-one")),
                "\"2/1s\";r=1;t=1, \"100/1h\";r=99;t=36, \"month\";r=1000;t=2678400");
        stand.all(Script.ok("back"));
        assertFields(
                stand.answer(keyed("/a", "key-one")),
                "\"2/1s\";r=0;t=1, \"100/1h\";r=98;t=36, \"month\";r=999;t=2678400");
    }

    @Test
    void aHitNeverReplaysAnotherCallersFieldsNorTheBackends() {
        limited()
                .all(Script.answers(new GatewayResponse(
                        200,
                        Headers.of(
                                "RateLimit",
                                "\"theirs\";r=1",
                                "RateLimit-Policy",
                                "\"theirs\";q=1",
                                "X-RateLimit-Limit",
                                "5"),
                        Body.utf8("prices"))));
        stand.answer(keyed("/a", "key-one"));
        stand.answer(keyed("/a", "key-one"));
        GatewayResponse other = stand.answer(keyed("/a", "key-two"));
        assertFields(other, "\"2/1s\";r=1;t=1, \"100/1h\";r=99;t=36, \"month\";r=999;t=2678400");
        assertThat(Stand.wire(other)).doesNotContain("theirs", "X-RateLimit");
        assertThat(stand.lastRecord().outcome()).isEqualTo(Outcome.HIT);
    }

    @Test
    void aCallerWithoutPlanLimitsSeesNobodysFields() {
        limited().route(everything().auth(Auth.OPTIONAL));
        stand.answer(keyed("/a", "key-one"));
        GatewayResponse hit = stand.answer("/a");
        assertThat(field(hit, "Cache-Status")).contains("hit");
        assertThat(hit.headers().contains("RateLimit")).isFalse();
        assertThat(hit.headers().contains("RateLimit-Policy")).isFalse();
    }

    @Test
    void theRoutesCostIsWhatTheQuotaPays() {
        stand.builder.plan(Plan.of("basic").quota(Quota.perDay(10))).key("one", "key-one", "basic");
        stand.route(Route.path("/dear/**").cost(7)).route(everything());
        assertThat(field(stand.answer(keyed("/dear/a", "key-one")), "RateLimit"))
                .contains("\"day\";r=3;");
        GatewayResponse refused = stand.answer(keyed("/dear/b", "key-one"));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(field(refused, "Retry-After"))
                .isEqualTo(Long.toString(Duration.ofDays(1).toSeconds()));
        assertThat(stand.answer(keyed("/cheap", "key-one")).status()).isEqualTo(200);
    }

    @Test
    void refusalsOfTheOthersKindsCarryNoLimits() {
        limited().route(Route.path("/api/**"));
        GatewayResponse unknown = stand.answer(keyed("/api/a", "guess"));
        assertThat(unknown.headers().contains("RateLimit")).isFalse();
        assertThat(stand.answer(GatewayRequest.get("/api/../x")).headers().contains("RateLimit"))
                .isFalse();
    }
}
