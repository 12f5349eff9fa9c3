package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.WarmUp.Prefetched;
import dev.fanoutgateway.WarmUp.Progress;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gateway asks for by itself. */
class WarmUpTest {
    @TempDir
    Path directory;

    private final Stand stand = new Stand();

    WarmUpTest() {
        stand.builder.backends("http://a");
    }

    private static Script[] many(Script script) {
        return IntStream.range(0, 200).mapToObj(i -> script).toArray(Script[]::new);
    }

    private static String[] targets(int count) {
        return IntStream.range(0, count).mapToObj(i -> "/p" + i).toArray(String[]::new);
    }

    private List<String> asked() {
        return stand.backends.requests().stream()
                .map(sent -> sent.request().target())
                .toList();
    }

    @Test
    void asksWithoutKeyAndLimitsAndWhatItBringsIsHit() {
        stand.builder
                .plan(Plan.of("basic").limit(Limit.perHour(1)))
                .key("demo", "some-key", "basic")
                .warmUp(WarmUp.of("/a?x=1", "/b"));
        stand.on("a", many(Script.ok("x")));
        stand.gateway();
        stand.pass(1_000);
        assertThat(asked()).containsExactly("/a?x=1", "/b");
        assertThat(stand.gateway().warmUpProgress()).isEqualTo(new Progress(2, 2, 0, 2));
        assertThat(Stand.field(stand.answer(Stand.keyed("/a?x=1", "some-key")), "Cache-Status"))
                .contains("hit");
        assertThat(stand.answer("/a?x=1").status()).as("without a key").isEqualTo(401);
        assertThat(stand.records).as("only what clients asked for").hasSize(2);
    }

    @Test
    void oneAfterTheOtherAtItsRateAndNoMoreAtATimeThanItMay() {
        stand.on("a", many(Script.ok("x").in(1_000)));
        stand.builder.warmUp(WarmUp.of(targets(10)).rate(Limit.perSecond(10)).concurrency(3));
        stand.gateway();
        stand.clock.runDue();
        assertThat(asked()).hasSize(1);
        stand.pass(99);
        assertThat(asked()).hasSize(1);
        stand.pass(1);
        assertThat(asked()).hasSize(2);
        stand.pass(700);
        assertThat(asked()).as("three at a time").hasSize(3);
        stand.pass(200);
        assertThat(asked()).as("the first has ended").hasSize(4);
        stand.pass(99);
        assertThat(asked()).hasSize(4);
        stand.pass(201);
        assertThat(asked()).hasSize(6);
        stand.pass(10_000);
        assertThat(asked()).hasSize(10);
        assertThat(stand.gateway().warmUpProgress()).isEqualTo(new Progress(10, 10, 0, 10));
    }

    @Test
    void theRateHoldsAlsoWhereEveryRequestIsAnsweredAtOnce() {
        stand.on("a", many(Script.ok("x")));
        stand.builder.warmUp(WarmUp.of(targets(100)).rate(Limit.perSecond(10)).concurrency(1));
        stand.gateway();
        for (int second = 1; second <= 9; second++) {
            stand.pass(1_000);
            assertThat(asked()).hasSizeBetween(10 * second, 10 * second + 1);
        }
    }

    @Test
    void roundsFollowEachOtherAndAskOnlyForWhatIsGone() {
        stand.on("a", many(Script.ok("x")));
        stand.builder
                .route(Stand.everything()
                        .cache(CachePolicy.standard().ttl(Duration.ofMinutes(15)))
                        .build())
                .warmUp(WarmUp.of("/a", "/b").every(Duration.ofMinutes(10)));
        stand.gateway();
        stand.pass(60_000);
        assertThat(asked()).hasSize(2);
        stand.pass(600_000);
        assertThat(asked()).as("still fresh").hasSize(2);
        assertThat(stand.gateway().warmUpProgress()).isEqualTo(new Progress(2, 0, 0, 2));
        stand.pass(600_000);
        assertThat(asked()).containsExactly("/a", "/b", "/a", "/b");
        stand.close();
        stand.pass(6_000_000);
        assertThat(asked()).hasSize(4);
    }

    @Test
    void saysWhatBecameOfEach() {
        stand.builder
                .route(Route.path("/off").cache(CachePolicy.off()).build())
                .route(Route.path("/own")
                        .cache(CachePolicy.standard().perCaller(true))
                        .build())
                .route(Route.path("/post").methods("POST").build())
                .route(Route.path("/x/**").build());
        stand.on(
                "a",
                Script.ok("x"),
                Script.answers(new GatewayResponse(200, Headers.of("Cache-Control", "private"), Body.utf8("x"))),
                Script.answers(500, "broken"));
        FanoutGateway gateway = stand.gateway();
        assertThat(gateway.prefetch("/x/a").join()).isEqualTo(Prefetched.STORED);
        assertThat(gateway.prefetch("/x/a").join()).isEqualTo(Prefetched.HIT);
        assertThat(gateway.prefetch("/x/b").join()).isEqualTo(Prefetched.NOT_STORED);
        assertThat(gateway.prefetch("/x/c").join()).isEqualTo(Prefetched.FAILED);
        assertThat(gateway.prefetch("/x/%2e%2e/d").join()).isEqualTo(Prefetched.FAILED);
        assertThat(gateway.prefetch("/off").join()).isEqualTo(Prefetched.NOT_STORED);
        assertThat(gateway.prefetch("/own").join()).isEqualTo(Prefetched.NOT_STORED);
        assertThat(gateway.prefetch("/post").join()).isEqualTo(Prefetched.FAILED);
        assertThat(gateway.prefetch("/none").join()).isEqualTo(Prefetched.FAILED);
        assertThat(asked()).hasSize(3);
    }

    @Test
    void aClientSharesTheFlight() {
        stand.on("a", many(Script.ok("x").in(50)));
        stand.builder.warmUp(WarmUp.of("/a"));
        stand.gateway();
        stand.pass(10);
        CompletableFuture<GatewayResponse> client = stand.ask("/a");
        stand.pass(40);
        assertThat(Stand.now(client).status()).isEqualTo(200);
        assertThat(asked()).hasSize(1);
    }

    @Test
    void theHottestAreWrittenAndComeFirstNextTime() throws Exception {
        Path file = directory.resolve("hot.txt");
        stand.on(
                "a",
                many(Script.answers(new GatewayResponse(200, Headers.of("Vary", "Accept-Language"), Body.utf8("x")))));
        stand.builder.cacheBytes(36 << 10).warmUp(WarmUp.of().snapshot(file, 2));
        stand.gateway();
        for (int i = 0; i < 10; i++) {
            stand.answer("/hot?a=%20");
            stand.answer(GatewayRequest.get("/hot?a=%20").header("Accept-Language", "de"));
            stand.answer("/warm");
        }
        for (String cold : targets(20)) {
            stand.answer(cold);
        }
        stand.close();
        assertThat(Files.readAllLines(file)).hasSize(3).contains("/hot?a=%20", "/warm");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }

        Stand next = new Stand();
        next.builder.backends("http://a").warmUp(WarmUp.of("/listed", "/warm").snapshot(file, 2));
        next.on("a", many(Script.ok("x")));
        next.gateway();
        next.pass(10_000);
        assertThat(next.backends.requests().stream().map(sent -> sent.request().target()))
                .hasSize(3)
                .endsWith("/listed")
                .contains("/hot?a=%20", "/warm");
        assertThat(next.messages).isEmpty();
    }

    @Test
    void whatIsOneCallersOwnIsNotWritten() throws Exception {
        Path file = directory.resolve("hot.txt");
        stand.builder
                .plan(Plan.of("basic"))
                .key("demo", "some-key-4711", "basic")
                .route(Route.path("/own")
                        .cache(CachePolicy.standard().perCaller(true))
                        .build())
                .route(Route.path("/**").build())
                .warmUp(WarmUp.of().snapshot(file, 10));
        stand.on("a", many(Script.ok("x")));
        stand.answer(GatewayRequest.get("/own?api_key=some-key-4711"));
        stand.answer(GatewayRequest.get("/shared?b&api_key=some-key-4711&c"));
        stand.close();
        assertThat(Files.readAllLines(file)).hasSize(2).endsWith("/shared?b&c");
    }

    @Test
    void aRestartBeforeTheEndLosesNothing() throws Exception {
        Path file = directory.resolve("hot.txt");
        List<String> all = new ArrayList<>(List.of(targets(50)));
        Snapshot.write(file, all);
        stand.on("a", many(Script.ok("x")));
        stand.builder.warmUp(WarmUp.of().snapshot(file, 50).rate(Limit.perSecond(10)));
        stand.gateway();
        stand.pass(1_000);
        stand.close();
        assertThat(asked()).hasSizeBetween(10, 11);
        assertThat(Files.readAllLines(file)).hasSize(51).containsAll(all);
    }

    @Test
    void whereNothingIsHotTheLastSnapshotStays() throws Exception {
        Path file = directory.resolve("hot.txt");
        stand.on("a", many(Script.answers(503, "down")));
        stand.builder.warmUp(WarmUp.of().snapshot(file, 10));
        stand.answer("/a");
        stand.close();
        assertThat(file).doesNotExist();

        Snapshot.write(file, List.of("/a", "/b"));
        Stand next = new Stand();
        next.builder.backends("http://a").warmUp(WarmUp.of().snapshot(file, 10));
        next.on("a", many(Script.answers(503, "down")));
        next.gateway();
        next.pass(10_000);
        assertThat(next.gateway().warmUpProgress()).isEqualTo(new Progress(2, 0, 2, 2));
        next.close();
        assertThat(Snapshot.read(file, 10)).containsExactly("/a", "/b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/a\n/b\n",
                "# Fanout Gateway: the paths that were asked for most often\nno path\n",
                "# Fanout Gateway: the paths that were asked for most often\n/a\n/b c\n",
                "# Fanout Gateway: the paths that were asked for most often\n/a\n\n"
            })
    void aBrokenSnapshotIsToldAndIgnored(String content) throws Exception {
        assertIgnored(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void aSnapshotOfOtherBytesIsToldAndIgnored() throws Exception {
        assertIgnored(new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    }

    private void assertIgnored(byte[] content) throws IOException {
        Path file = directory.resolve("hot.txt");
        Files.write(file, content);
        stand.on("a", many(Script.ok("x")));
        stand.builder.warmUp(WarmUp.of("/listed").snapshot(file, 10));
        stand.gateway();
        stand.pass(1_000);
        assertThat(asked()).containsExactly("/listed");
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
        assertThat(stand.messages.get(0).title()).contains("the snapshot " + file + " cannot be read and is ignored");
        stand.close();
        assertThat(Files.readAllLines(file)).hasSize(2).endsWith("/listed");
    }

    @Test
    void whatCannotBeWrittenIsTold() {
        stand.on("a", many(Script.ok("x")));
        stand.builder.warmUp(WarmUp.of().snapshot(directory.resolve("none").resolve("hot.txt"), 10));
        stand.answer("/hot");
        stand.close();
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
    }

    @Test
    void whatCannotBeIsRefused() {
        for (String wrong : List.of("a", "", "/a b", "http://a/", "/a#b", "/" + "x".repeat(9_000))) {
            assertThatThrownBy(() -> WarmUp.of(wrong)).hasMessageStartingWith("expected a path");
        }
        assertThatThrownBy(() -> WarmUp.of().every(Duration.ofMillis(999))).hasMessageContaining("every 1s");
        assertThatThrownBy(() -> WarmUp.of().concurrency(0)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> WarmUp.of().snapshot(directory, 0)).hasMessageContaining("got 0");
        stand.builder.cache(new SlowCache()).warmUp(WarmUp.of().snapshot(directory, 1));
        assertThatThrownBy(stand::gateway)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cache in memory");
    }
}
