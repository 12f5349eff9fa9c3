package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.keyed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.auth.KeyExtractor;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BuilderTest {
    static Stream<Arguments> refused() {
        return Stream.of(
                bad(() -> Gateway.builder().backends(), "at least one backend", "default"),
                bad(() -> Gateway.builder().backends("nonsense"), "http://10.0.0.1:8080", "'nonsense'"),
                bad(() -> Gateway.builder().backends("ftp://a"), "http://10.0.0.1:8080", "'ftp://a'"),
                bad(() -> Gateway.builder().backends("http://a", "http://a/"), "once", "http://a"),
                bad(() -> Gateway.builder().cacheBytes(4_095), "4 KiB or more", "4095"),
                bad(() -> Gateway.builder().cacheBytes(-1), "4 KiB or more", "-1"),
                bad(() -> Gateway.builder().digest(Duration.ZERO), "1ms to 1 day", "PT0S"),
                bad(() -> Gateway.builder().digest(Duration.ofDays(2)), "1ms to 1 day", "PT48H"),
                bad(() -> Gateway.builder().pluginTimeout(Duration.ZERO), "1ms to 5 min", "PT0S"),
                bad(() -> Gateway.builder().pluginTimeout(Duration.ofMinutes(6)), "1ms to 5 min", "PT6M"),
                bad(() -> Gateway.builder().maxRequestBytes(-1), "0 bytes to 1 TiB", "-1"),
                bad(() -> Gateway.builder().maxRequestBytes((1L << 40) + 1), "0 bytes to 1 TiB", "1099511627777"),
                bad(() -> Gateway.builder().key("", "some-key", "basic"), "id", ""),
                bad(() -> Gateway.builder().key("demo", "", "basic"), "key", ""),
                bad(() -> Plan.of(" "), "plan's name", "blank"),
                bad(() -> Plan.of("p").routes("api"), "path pattern", "'api'"),
                bad(() -> Limit.perSecond(0), "1 to 1000000000", "0"),
                bad(() -> Limit.of(1, Duration.ZERO), "1ms to 366 days", "PT0S"),
                bad(() -> Quota.perDay(0), "1 to 1000000000000", "0"),
                bad(() -> new RateLimiter.Request("s", List.of(), null, -1), "0 to 1000000", "-1"),
                bad(() -> Route.path("api"), "path pattern", "'api'"),
                bad(() -> Route.path("/").methods("get"), "GET", "'get'"),
                bad(() -> Route.path("/").methods("GET "), "GET", "'GET '"),
                bad(() -> Route.path("/").methods(""), "GET", "''"),
                bad(() -> Route.path("/").timeout(Duration.ZERO), "1ms to 1 day", "PT0S"),
                bad(() -> Route.path("/").timeout(Duration.ofDays(2)), "1ms to 1 day", "PT48H"),
                bad(() -> Route.path("/").attemptTimeout(Duration.ofNanos(1)), "1ms to 1 day", "PT0.000000001S"),
                bad(() -> Route.path("/").maxResponseBytes(0), "1 byte to 1 GiB", "0"),
                bad(() -> Route.path("/").cost(-1), "0 to 1000000", "-1"),
                bad(() -> Route.path("/").cost(1_000_001), "0 to 1000000", "1000001"),
                bad(() -> CachePolicy.standard().ttl(Duration.ofSeconds(-1)), "0 to 366 days", "PT-1S"));
    }

    private static Arguments bad(ThrowingCallable call, String expectation, String value) {
        return Arguments.of(call, expectation, value);
    }

    @ParameterizedTest(name = "{1}, got {2}")
    @MethodSource("refused")
    void badValuesAreRefusedAtTheSetterWithBothValues(ThrowingCallable call, String expectation, String value) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected")
                .hasMessageContaining(expectation)
                .hasMessageContaining(value);
    }

    @Test
    void leastAndGreatestValuesAreTaken() {
        Gateway.builder()
                .backends("http://a")
                .cacheBytes(4_096)
                .digest(Duration.ofMillis(1))
                .pluginTimeout(Duration.ofMinutes(5))
                .maxRequestBytes(0)
                .build()
                .close();
        Gateway.builder()
                .backends("http://a")
                .digest(Duration.ofDays(1))
                .maxRequestBytes(1L << 30)
                .build()
                .close();
    }

    @Test
    void namesThatLeadNowhereAreRefusedWhenBuilt() {
        assertIllegal(Gateway.builder(), "expected backends, got none");
        assertIllegal(
                base().route(Route.path("/x").backends("nowhere").build()), "'nowhere'", "route '/x'", "[default]");
        assertIllegal(base().plan(Plan.of("basic")).key("demo", "k-e-y", "gold"), "'gold'", "key 'demo'", "[basic]");
        assertIllegal(base().route(Route.path("/x").auth(Auth.REQUIRED).build()), "route '/x'", "wants keys");
        assertIllegal(base().route(Route.path("/x").auth(Auth.OPTIONAL).build()), "route '/x'", "wants keys");
        assertIllegal(Gateway.builder().backends(BackendGroup.of("only", "http://a")), "'default'", "[only]");
    }

    @ParameterizedTest
    @CsvSource({
        "/dear/**, /dear/**",
        "/dear/**, /**",
        "/dear/**, /dear/x",
        "/*/x, /dear/**",
        "/dear/**, /*/x/**",
    })
    void aRouteThatAPlanCoversAndCanNeverPayForIsRefused(String route, String covered) {
        assertIllegal(
                costing(route, Plan.of("basic").quota(Quota.perDay(6)).routes("/cheap", covered)),
                "route '" + route + "' costs 7 credits",
                "expected at most 6",
                "plan 'basic'",
                "a day");
        assertIllegal(costing(route, Plan.of("basic").quota(Quota.perMonth(6))), "at most 6", "a month");
    }

    @Test
    void aCostThatSomePayAndOthersNeverMeetIsTaken() {
        Plan poor = Plan.of("basic").quota(Quota.perDay(6));
        costing("/dear/**", poor.quota(Quota.perDay(7))).build().close();
        costing("/dear/**", poor.quota(Quota.perDay(6).allowOverrun())).build().close();
        costing("/dear/**", Plan.of("basic")).build().close();
        costing("/dear/**", poor.routes("/cheap", "/dearer/**", "/dea")).build().close();
        costing("/*", poor.routes("/")).build().close();
        costing("/dear", poor.routes("/dear/")).build().close();
        base().route(Route.path("/**").cost(7).build()).plan(poor).build().close(); // nobody has a key, so nobody pays
        base().route(Route.path("/**").cost(7).auth(Auth.NONE).build())
                .plan(poor)
                .key("demo", "k-e-y", "basic")
                .build()
                .close();
    }

    @Test
    void whatEarlierRoutesTakeDoesNotComeToADearOne() {
        Plan poor = Plan.of("basic").quota(Quota.perDay(6)).routes("/cheap/**");
        Route.Builder cheap = Route.path("/cheap/**");
        base().route(cheap.build())
                .route(Route.path("/**").cost(7).build())
                .plan(poor)
                .key("demo", "k-e-y", "basic")
                .build()
                .close();
        base().route(cheap.methods("GET", "HEAD").build())
                .route(Route.path("/**").methods("GET").cost(7).build())
                .plan(poor)
                .key("demo", "k-e-y", "basic")
                .build()
                .close();
        assertIllegal(
                base().route(cheap.methods("GET").build())
                        .route(Route.path("/**").cost(7).build())
                        .plan(poor)
                        .key("demo", "k-e-y", "basic"),
                "route '/**' costs 7");
        assertIllegal(
                base().route(Route.path("/cheap/*").build())
                        .route(Route.path("/**").cost(7).build())
                        .plan(poor)
                        .key("demo", "k-e-y", "basic"),
                "route '/**' costs 7");
    }

    private static GatewayBuilder costing(String path, Plan plan) {
        return base().route(Route.path(path).cost(7).build()).plan(plan).key("demo", "k-e-y", "basic");
    }

    @Test
    void aKeyTwiceOrIdsInDisagreementAreRefusedWithoutTheKey() {
        assertThatThrownBy(() -> base().key("one", "same-key", "p")
                        .key("two", "same-key", "p")
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two")
                .hasMessageNotContaining("same-key");
    }

    @Test
    void aKeysFileWithAnUnknownPlanIsRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("keys.json");
        Files.writeString(file, "[{\"id\": \"demo\", \"key\": \"demo-key\", \"plan\": \"gold\"}]");
        assertThatThrownBy(() -> base().plan(Plan.of("basic")).keysFile(file).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gold")
                .hasMessageNotContaining("demo-key");
        assertThatThrownBy(() -> base().keysFile(folder.resolve("none.json")).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.json");
    }

    @Test
    void aKeyGivenHereAndInTheFileIsRefusedWithoutTheKey(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("keys.json");
        Files.writeString(file, "[{\"id\": \"two\", \"key\": \"same-key\", \"plan\": \"p\"}]");
        assertThatThrownBy(
                        () -> base().key("one", "same-key", "p").keysFile(file).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("keys.json:1: keys[0].key:")
                .hasMessageContaining("'one' has already")
                .hasMessageNotContaining("same-key");
    }

    @Test
    void whatWasBuiltDoesNotChange() {
        Stand stand = new Stand().all(Script.ok("prices"));
        stand.builder.plan(Plan.of("basic").routes("/a/**")).key("demo", "demo-key", "basic");
        Route.Builder route = Route.path("/a/**");
        stand.route(route);
        FanoutGateway gateway = stand.gateway();
        route.methods("POST");
        stand.builder
                .plan(Plan.of("basic"))
                .key("late", "late-key", "basic")
                .route(Route.path("/b").auth(Auth.NONE).build())
                .backends("http://nowhere")
                .maxRequestBytes(7)
                .client(new HandBackends());
        assertThat(stand.answer(keyed("/a/1", "demo-key")).status()).isEqualTo(200);
        assertThat(stand.answer(keyed("/a/1", "late-key")).status()).isEqualTo(401);
        assertThat(stand.answer("/b").status()).isEqualTo(404);
        assertThat(gateway.maxRequestBytes()).isEqualTo(1 << 20);
    }

    @Test
    void keysStandWhereTheHostSays() {
        Stand stand = new Stand().all(Script.ok("prices"));
        stand.builder
                .plan(Plan.of("basic"))
                .key("demo", "demo-key", "basic")
                .keyExtractor(KeyExtractor.of("X-Token", "token"));
        assertThat(stand.answer(GatewayRequest.get("/a").header("X-Token", "demo-key"))
                        .status())
                .isEqualTo(200);
        assertThat(stand.answer(GatewayRequest.get("/b?token=demo-key")).status())
                .isEqualTo(200);
        assertThat(stand.answer(keyed("/c", "demo-key")).status()).isEqualTo(401);
    }

    @Test
    void twoGatewaysOfOneBuilderShareNothing() {
        Stand stand = new Stand().all(Script.ok("prices"));
        stand.builder.plan(Plan.of("basic").limit(Limit.perSecond(1))).key("demo", "demo-key", "basic");
        FanoutGateway one = stand.builder.build();
        FanoutGateway two = stand.builder.build();
        assertThat(one.handle(keyed("/a", "demo-key")).join().status()).isEqualTo(200);
        assertThat(one.handle(keyed("/a", "demo-key")).join().status()).isEqualTo(429);
        assertThat(two.handle(keyed("/a", "demo-key")).join().status()).isEqualTo(200);
        assertThat(Stand.launches(stand.backends)).containsExactly("a", "a");
    }

    private static GatewayBuilder base() {
        return Gateway.builder().backends("http://a");
    }

    private static void assertIllegal(GatewayBuilder builder, String... parts) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(parts);
    }
}
