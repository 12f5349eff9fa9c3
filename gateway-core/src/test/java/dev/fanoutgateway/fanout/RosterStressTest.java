package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.Pass.Kind;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rosters, room and selectors under many threads. */
class RosterStressTest {
    private static final int THREADS = 8;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void roomIsExact() throws Exception {
        Backend backend = Arena.hosts("a").get(0);
        InFlight inFlight = new InFlight();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger entered = new AtomicInteger();
        everywhere(() -> {
            for (int i = 0; i < 50_000; i++) {
                if (inFlight.tryEnter(backend, 3)) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    entered.incrementAndGet();
                    inside.decrementAndGet();
                    inFlight.exit(backend);
                }
            }
        });
        assertThat(most.get()).isLessThanOrEqualTo(3);
        assertThat(entered.get()).isPositive();
        assertThat(inFlight.at(backend)).isZero();
    }

    @Test
    void thereIsRoomWhereverAnyIsLeft() throws Exception {
        Backend backend = Arena.hosts("a").get(0);
        for (int round = 0; round < 300; round++) {
            InFlight inFlight = new InFlight();
            AtomicInteger entered = new AtomicInteger();
            everywhere(() -> {
                for (int i = 0; i < 20; i++) {
                    if (inFlight.tryEnter(backend, 100)) {
                        entered.incrementAndGet();
                    }
                }
            });
            assertThat(entered.get()).isEqualTo(100);
            assertThat(inFlight.at(backend)).isEqualTo(100);
        }
    }

    @Test
    void ofManyAtOnceOneIsTheTrial() throws Exception {
        for (int round = 0; round < 500; round++) {
            Ward ward = new Ward(Ejection.afterFailures(1), "a", "b");
            ward.fail("a", 1);
            ward.pass(10_000);
            AtomicInteger trials = new AtomicInteger();
            everywhere(() -> {
                Kind kind = ward.admit("a").kind();
                if (kind == Kind.TRIAL) {
                    trials.incrementAndGet();
                }
            });
            assertThat(trials.get()).isEqualTo(1);
        }
    }

    @Test
    void neverMoreThanTheShareIsEjectedWhoeverFailsAtOnce() throws Exception {
        for (int round = 0; round < 500; round++) {
            FakeClock clock = new FakeClock();
            List<Backend> backends = Arena.hosts("a", "b", "c", "d", "e", "f", "g", "h");
            ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
            Roster roster = new Roster(
                    backends, 9, Ejection.afterFailures(1), clock, message -> told.add(message.fingerprint()));
            AtomicInteger turn = new AtomicInteger();
            everywhere(() -> {
                Backend mine = backends.get(turn.getAndIncrement());
                roster.learn(roster.admit(mine, false), new AttemptOutcome(mine, 1, 0, 1, Result.BROKEN, 0, ""), true);
            });
            assertThat(backends.stream().filter(each -> roster.condition(each).ejected()))
                    .hasSize(4);
            assertThat(told).doesNotHaveDuplicates();
        }
    }

    @Test
    void aRosterInTurmoilComesToRestInGoodHealth() throws Exception {
        Ward ward = new Ward(Ejection.afterFailures(3).pause(Duration.ofMillis(10)), "a", "b", "c", "d");
        Roster roster = new Roster(
                ward.backends, 9, Ejection.afterFailures(3).pause(Duration.ofMillis(10)), ward.clock, message -> {});
        everywhere(() -> {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            for (int i = 0; i < 20_000; i++) {
                Backend backend = ward.backends.get(random.nextInt(4));
                Pass pass = roster.admit(backend, random.nextInt(50) == 0);
                Result result = random.nextInt(3) == 0 ? Result.WON : Result.BROKEN;
                if (random.nextInt(20) == 0) {
                    roster.returned(pass);
                } else {
                    roster.learn(pass, new AttemptOutcome(backend, 1, 0, 1, result, 0, ""), true);
                }
                if (i % 100 == 0) {
                    ward.clock.advance(Duration.ofMillis(1));
                }
                assertThat(roster.statuses(each -> 0)).anyMatch(BackendStatus::available);
            }
        });
        ward.clock.advance(Duration.ofSeconds(1));
        for (Backend backend : ward.backends) {
            Pass pass = roster.admit(backend, false);
            assertThat(pass.granted()).isTrue();
            roster.learn(pass, new AttemptOutcome(backend, 1, 0, 1, Result.WON, 200, ""), true);
            assertThat(roster.condition(backend).good()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"round-robin", "weighted", "least-loaded", "fastest", "path", "learned", "zone"})
    void selectorsServeManyThreads(String name) throws Exception {
        FakeClock clock = new FakeClock();
        BackendSelector selector = switch (name) {
            case "round-robin", "weighted" -> Selectors.roundRobin();
            case "least-loaded" -> Selectors.leastLoaded(1);
            case "fastest" -> Selectors.fastest(clock, 1);
            case "path" -> Selectors.consistentHashByPath();
            case "learned" -> Selectors.learned(1);
            default -> Selectors.preferZone("z1", Selectors.fastest(clock, 1), 1);
        };
        List<BackendStatus> statuses = new ArrayList<>();
        for (Backend backend : Arena.hosts("a", "b", "c", "d")) {
            Backend shaped =
                    backend.zone("z" + statuses.size() % 2).weight(name.equals("weighted") ? 1 + statuses.size() : 1);
            statuses.add(new BackendStatus(shaped, 0, true));
        }
        AtomicInteger[] firsts = new AtomicInteger[4];
        for (int i = 0; i < 4; i++) {
            firsts[i] = new AtomicInteger();
        }
        everywhere(() -> {
            for (int i = 0; i < 5_000; i++) {
                BackendSelector.Demand demand =
                        new BackendSelector.Demand(GatewayRequest.get("/p/" + i % 50), "/**", Optional.empty());
                List<Backend> ranked = selector.plan(demand, statuses);
                assertThat(ranked).hasSize(4).doesNotHaveDuplicates();
                firsts[statuses.stream().map(BackendStatus::backend).toList().indexOf(ranked.get(0))].incrementAndGet();
                selector.onOutcome(demand, new AttemptOutcome(ranked.get(0), 1, 0, 1_000 + i, Result.WON, 200, ""));
            }
        });
        if (name.equals("round-robin")) {
            assertThat(firsts).extracting(AtomicInteger::get).containsOnly(10_000);
        } else if (name.equals("weighted")) {
            assertThat(firsts).extracting(AtomicInteger::get).containsExactly(4_000, 8_000, 12_000, 16_000);
        }
    }

    /** Runs the same on all threads at once. */
    private void everywhere(Runnable work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            done.add(threads.submit(() -> {
                start.await();
                work.run();
                return null;
            }));
        }
        for (Future<?> each : done) {
            each.get(60, TimeUnit.SECONDS);
        }
    }
}
