package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.spi.Purge;
import dev.fanoutgateway.spi.Purge.Scope;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Purges by a real Redis. */
@Timeout(120)
class RedisPurgesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final RedisProcess redis = new RedisProcess().start();
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void isEmpty() {
        assertThat(count(commands -> commands.dbsize())).isZero();
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        redis.close();
    }

    private long count(Function<RedisCommands<String, String>, Long> command) {
        return redis.ask(command);
    }

    private RedisStore store() {
        RedisStore store = RedisStore.builder().timeout(Duration.ofSeconds(5)).connect(redis.uri());
        open.add(store);
        return RedisProcess.connected(store);
    }

    private List<Purge> heardBy(RedisStore store) {
        List<Purge> heard = new CopyOnWriteArrayList<>();
        open.add(store.purges().subscribe(heard::add));
        return heard;
    }

    private static void awaitHeard(List<Purge> heard, Purge purge) {
        await().atMost(PATIENCE).until(() -> heard.contains(purge));
    }

    private static void join(CompletionStage<@Nullable Void> stage) {
        stage.toCompletableFuture().join();
    }

    @Test
    void everyKindIsHeardByAllAndByThoseWhoStartLater() {
        RedisStore one = store();
        RedisStore other = store();
        List<Purge> here = heardBy(one);
        List<Purge> there = heardBy(other);
        List<Purge> all = List.of(
                Purge.target("/a?b=ü&c= ".trim()).at(1_000),
                Purge.prefix("/a/{b}").softly().at(2_000),
                Purge.tag("x:y").at(1_800_000_000_123L),
                Purge.all().softly().at(4_000));
        all.forEach(purge -> join(one.purges().publish(purge)));
        all.forEach(purge -> awaitHeard(here, purge));
        all.forEach(purge -> awaitHeard(there, purge));
        List<Purge> later = heardBy(store());
        all.forEach(purge -> awaitHeard(later, purge));
        assertThat(later).containsExactlyElementsOf(all);
    }

    @Test
    void messagesBringThemFasterThanLookingDoes() {
        RedisStore one = store();
        List<Purge> heard = heardBy(store());
        await().atMost(PATIENCE)
                .until(() -> redis.ask(commands -> commands.pubsubNumsub("fg:{purges}"))
                                .get("fg:{purges}")
                        == 1);
        long begun = System.nanoTime();
        for (int i = 1; i <= 20; i++) {
            Purge purge = Purge.tag("t" + i).at(i);
            join(one.purges().publish(purge));
            awaitHeard(heard, purge);
        }
        assertThat(System.nanoTime() - begun)
                .as("by looking alone it would take 20 s")
                .isLessThan(15_000_000_000L);
    }

    @Test
    void moreThanAPageIsReadWhole() {
        RedisStore one = store();
        List<CompletionStage<@Nullable Void>> published = new ArrayList<>();
        for (int i = 1; i <= 1_750; i++) {
            published.add(one.purges().publish(Purge.tag("t" + i).at(i)));
        }
        published.forEach(RedisPurgesTest::join);
        List<Purge> heard = heardBy(store());
        await().atMost(PATIENCE).until(() -> heard.size() >= 1_750);
        assertThat(heard).hasSize(1_750).doesNotHaveDuplicates();
    }

    @Test
    void theSameAgainTakesNoMoreRoomAndKeepsTheLaterTime() {
        RedisStore one = store();
        for (long at : new long[] {5, 9, 7}) {
            join(one.purges().publish(Purge.target("/a").at(at)));
        }
        assertThat(count(commands -> commands.zcard("fg:{purges}:names"))).isEqualTo(1);
        awaitHeard(heardBy(store()), Purge.target("/a").at(9));
    }

    @Test
    void whatIsForgottenCountsForEverything() {
        RedisStore one = store();
        RedisPurges small = new RedisPurges(one.link(), "fg:", 3);
        List<Purge> constant = heardBy(store());
        join(small.publish(Purge.target("/hard").at(10)));
        join(small.publish(Purge.target("/soft").softly().at(20)));
        for (int i = 0; i < 3; i++) {
            join(small.publish(Purge.tag("t" + i).at(100 + i)));
        }
        for (List<Purge> heard : List.of(constant, heardBy(store()))) {
            awaitHeard(heard, Purge.all().at(10));
            awaitHeard(heard, Purge.all().softly().at(20));
            awaitHeard(heard, Purge.tag("t0").at(100));
        }
        assertThat(count(commands -> commands.zcard("fg:{purges}:names"))).isEqualTo(3);
        assertThat(count(commands -> commands.hlen("fg:{purges}:times"))).isEqualTo(3);
    }

    @Test
    void withoutAConnectionItFailsAndSaysSoAndAllGoesOnAfterARestart() {
        RedisStore one = store();
        RedisStore other = store();
        List<Purge> heard = heardBy(other);
        join(one.purges().publish(Purge.tag("before").at(1)));
        awaitHeard(heard, Purge.tag("before").at(1));

        redis.kill();
        await().atMost(PATIENCE).until(() -> !one.link().isConnected());
        assertThatThrownBy(() -> join(one.purges().publish(Purge.tag("lost").at(2))))
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("publish-purge failed, Redis at 127.0.0.1:" + redis.port());
        await().atMost(PATIENCE).until(() -> !((RedisPurges) other.purges()).areKnown());

        redis.start();
        RedisProcess.connected(one);
        RedisProcess.connected(other);
        join(one.purges().publish(Purge.tag("after").at(3)));
        awaitHeard(heard, Purge.tag("after").at(3));
        await().atMost(PATIENCE).until(((RedisPurges) other.purges())::areKnown);
    }

    @Test
    void anEmptiedRedisThatHasAsManyAgainIsReadFromItsBeginning() {
        RedisStore one = store();
        List<Purge> heard = heardBy(store());
        for (int i = 1; i <= 3; i++) {
            join(one.purges().publish(Purge.tag("old" + i).at(i)));
            awaitHeard(heard, Purge.tag("old" + i).at(i));
        }
        redis.ask(
                commands -> commands.eval("redis.call('FLUSHALL') return 1", io.lettuce.core.ScriptOutputType.INTEGER));
        for (int i = 1; i <= 5; i++) {
            join(one.purges().publish(Purge.tag("new" + i).at(i)));
        }
        for (int i = 1; i <= 5; i++) {
            awaitHeard(heard, Purge.tag("new" + i).at(i));
        }
    }

    @Test
    void withoutMessagesTheyAreHeardAllTheSame() {
        RedisStore one = store();
        List<Purge> heard = heardBy(store());
        redis.ask(commands -> commands.aclSetuser("default", AclSetuserArgs.Builder.resetChannels()));
        redis.ask(commands -> commands.clientKill(KillArgs.Builder.typePubsub()));
        for (int i = 1; i <= 3; i++) {
            Purge purge = Purge.tag("t" + i).at(i);
            redis.ask(commands -> commands.hincrby("fg:{purges}:state", "sequence", 1));
            long sequence = i;
            redis.ask(commands -> commands.hset("fg:{purges}:times", "HG" + purge.value(), "" + purge.atMillis()));
            redis.ask(commands -> commands.zadd("fg:{purges}:names", sequence, "HG" + purge.value()));
            awaitHeard(heard, purge);
        }
        assertThat(one.link().isConnected()).isTrue();
    }

    @Test
    void whatOthersPutThereDoesNoHarm() {
        RedisStore one = store();
        List<Purge> heard = heardBy(one);
        for (String name : List.of("", "H", "HX", "XA", "HTnone", "HAvalue", "HG", "HG ", "HP/a?b")) {
            redis.ask(commands -> commands.hset("fg:{purges}:times", name, "1"));
            redis.ask(commands -> commands.zadd("fg:{purges}:names", 1, name));
        }
        redis.ask(commands -> commands.zadd("fg:{purges}:names", 1, "HGwithout-time"));
        join(one.purges().publish(Purge.tag("good").at(7)));
        awaitHeard(heard, Purge.tag("good").at(7));
        assertThat(heard).containsExactly(Purge.tag("good").at(7));
        redis.ask(commands -> commands.del("fg:{purges}:state"));
        redis.ask(commands -> commands.set("fg:{purges}:state", "not a hash"));
        RedisPurges purges = (RedisPurges) one.purges();
        await().atMost(PATIENCE).until(() -> !purges.areKnown());
        redis.ask(commands -> commands.del("fg:{purges}:state"));
        await().atMost(PATIENCE).until(purges::areKnown);
    }

    @Test
    void nothingIsServedUntilThePurgesAreKnown() {
        RedisStore one = store();
        RedisResponseCacheTest.put(one, "key", "body");
        assertThat(RedisResponseCacheTest.get(one, "key")).isPresent();
        redis.ask(commands -> commands.set("fg:{purges}:state", "not a hash"));
        heardBy(one);
        assertThat(RedisResponseCacheTest.get(one, "key")).isEmpty();
        redis.ask(commands -> commands.del("fg:{purges}:state"));
        await().atMost(PATIENCE)
                .until(() -> RedisResponseCacheTest.get(one, "key").isPresent());
    }

    @Test
    void namesAreReadBackAsTheyWere() {
        assertThat(RedisPurges.of("HT/a", "5")).contains(new Purge(Scope.TARGET, "/a", false, 5));
        assertThat(RedisPurges.of("SA", "0")).contains(new Purge(Scope.ALL, "", true, 1));
        assertThat(RedisPurges.of("SA", "")).isEmpty();
        assertThat(RedisPurges.of("SA", "-5")).contains(new Purge(Scope.ALL, "", true, 1));
        assertThat(RedisPurges.of("SA", "9".repeat(30))).isEmpty();
    }
}
