package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Selectors that heed what the backends have to do: round-robin by weight, least loaded, fastest. */
class LoadSelectorsTest {
    private static final GatewayRequest REQUEST = GatewayRequest.get("/x");

    private final FakeClock clock = new FakeClock();

    @Test
    void roundRobinGivesTurnsByWeightAndSpreadsThem() {
        List<BackendStatus> statuses = statuses("a5", "b1", "c1");
        StringBuilder firsts = new StringBuilder();
        BackendSelector selector = Selectors.roundRobin();
        for (int i = 0; i < 14; i++) {
            firsts.append(name(selector.plan(REQUEST, statuses).get(0)));
        }
        assertThat(firsts).hasToString("aabacaa" + "aabacaa");
    }

    @Test
    void roundRobinByWeightGoesOnWhenOneIsOutAndComesBack() {
        BackendSelector selector = Selectors.roundRobin();
        List<BackendStatus> all = statuses("a2", "b1", "c1");
        List<BackendStatus> without = List.of(all.get(0), gone(all.get(1)), all.get(2));
        assertThat(firsts(selector, all, 8)).isEqualTo(Map.of("a", 4, "b", 2, "c", 2));
        assertThat(firsts(selector, without, 6)).isEqualTo(Map.of("a", 4, "c", 2));
        assertThat(name(selector.plan(REQUEST, without).get(2))).isEqualTo("b");
        assertThat(firsts(selector, all, 400)).containsEntry("a", 200);
    }

    @Test
    void leastLoadedOfTwoIsTheOneWithFewerAttemptsUnderWay() {
        BackendSelector selector = Selectors.leastLoaded(1);
        assertThat(firsts(selector, List.of(busy("a", 3), busy("b", 2)), 100)).isEqualTo(Map.of("b", 100));
        assertThat(firsts(selector, List.of(busy("a1", 3), busy("b9", 20)), 100))
                .isEqualTo(Map.of("b", 100));
        assertThat(firsts(selector, List.of(busy("a", 3), gone(busy("b", 0))), 9))
                .isEqualTo(Map.of("a", 9));
    }

    @Test
    void idleBackendsShareByWeight() {
        Map<String, Integer> firsts = firsts(Selectors.leastLoaded(2), statuses("a3", "b1"), 10_000);
        assertThat(firsts.get("a")).isBetween(7_300, 7_700);
    }

    @Test
    void ofManyTheBusiestIsNeverFirstAndTheLeastBusyNotAlways() {
        List<BackendStatus> statuses = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            statuses.add(busy("h" + i, i, 1));
        }
        Map<String, Integer> firsts = firsts(Selectors.leastLoaded(3), statuses, 10_000);
        assertThat(firsts).doesNotContainKey("h9");
        assertThat(firsts.get("h0")).as("2 of 10").isBetween(1_850, 2_150);
    }

    /** The promise of two choices: the greatest load of n draws into n bins is about ln ln n, not ln n / ln ln n. */
    @Test
    void twoChoicesKeepTheGreatestLoadSmall() {
        BackendSelector selector = Selectors.leastLoaded(4);
        int[] load = new int[200];
        for (int i = 0; i < load.length; i++) {
            List<BackendStatus> statuses = new ArrayList<>();
            for (int j = 0; j < load.length; j++) {
                statuses.add(busy("h" + j, load[j], 1));
            }
            load[Integer.parseInt(name(selector.plan(REQUEST, statuses).get(0)).substring(1))]++;
        }
        assertThat(Arrays.stream(load).max().orElseThrow()).isLessThanOrEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"listed", "round-robin", "least-loaded", "fastest", "path", "caller", "learned", "zone"})
    void everySelectorRanksEachBackendOnceAndTheUnavailableLast(String name) {
        BackendSelector selector = switch (name) {
            case "listed" -> Selectors.listed();
            case "round-robin" -> Selectors.roundRobin();
            case "least-loaded" -> Selectors.leastLoaded(5);
            case "fastest" -> Selectors.fastest(clock, 5);
            case "path" -> Selectors.consistentHashByPath();
            case "caller" -> Selectors.consistentHashByCaller();
            case "learned" -> Selectors.learned(5);
            default -> Selectors.preferZone("z1", Selectors.leastLoaded(5), 5);
        };
        SplittableRandom random = new SplittableRandom(name.hashCode());
        for (int round = 0; round < 2_000; round++) {
            List<BackendStatus> statuses = new ArrayList<>();
            int size = random.nextInt(7);
            for (int i = 0; i < size; i++) {
                Backend backend = backend("h" + i, 1 + random.nextInt(3)).zone("z" + random.nextInt(3));
                statuses.add(new BackendStatus(backend, random.nextInt(5), random.nextInt(3) > 0));
            }
            List<Backend> ranked = selector.plan(GatewayRequest.get("/p/" + round), statuses);
            assertThat(ranked)
                    .containsExactlyInAnyOrderElementsOf(
                            statuses.stream().map(BackendStatus::backend).toList());
            List<Boolean> available = ranked.stream()
                    .map(backend -> statuses.stream()
                            .anyMatch(status ->
                                    status.available() && status.backend().equals(backend)))
                    .toList();
            assertThat(available.lastIndexOf(true))
                    .isLessThan(available.contains(false) ? available.indexOf(false) : size + 1);
            if (!ranked.isEmpty()) {
                Result result = Result.values()[random.nextInt(Result.values().length)];
                selector.onOutcome(
                        new BackendSelector.Demand(GatewayRequest.get("/p/" + round), "/**", Optional.empty()),
                        outcome(ranked.get(0), result, random.nextInt(1_000)));
            }
        }
    }

    @Test
    void fastestPrefersTheOneThatAnswersSooner() {
        BackendSelector selector = Selectors.fastest(clock, 1);
        List<BackendStatus> statuses = statuses("a", "b");
        took(selector, statuses.get(0), Result.WON, 50);
        took(selector, statuses.get(1), Result.WON, 10);
        assertThat(firsts(selector, statuses, 50)).isEqualTo(Map.of("b", 50));
        assertThat(firsts(selector, List.of(busy("a", 0), busy("b", 9)), 50))
                .as("five times faster, ten times busier")
                .isEqualTo(Map.of("a", 50));
    }

    @Test
    void aSlowAnswerCountsAtOnceAndIsForgottenSlowly() {
        BackendSelector selector = Selectors.fastest(clock, 1);
        List<BackendStatus> statuses = statuses("a", "b");
        for (int i = 0; i < 100; i++) {
            took(selector, statuses.get(0), Result.WON, 5);
            took(selector, statuses.get(1), Result.WON, 10);
        }
        assertThat(firsts(selector, statuses, 20)).isEqualTo(Map.of("a", 20));
        took(selector, statuses.get(0), Result.WON, 1_000);
        assertThat(firsts(selector, statuses, 20)).as("one peak").isEqualTo(Map.of("b", 20));
        int seconds = 0;
        while (firsts(selector, statuses, 1).containsKey("b")) {
            clock.advance(Duration.ofSeconds(1));
            took(selector, statuses.get(1), Result.WON, 10);
            seconds++;
        }
        assertThat(seconds).as("10 s x ln(1000/10)").isBetween(44, 48);
    }

    @Test
    void neitherARefusalNorAHangLooksFast() {
        BackendSelector selector = Selectors.fastest(clock, 1);
        List<BackendStatus> statuses = statuses("a", "b", "c");
        statuses.forEach(status -> took(selector, status, Result.WON, 10));
        took(selector, statuses.get(0), Result.UNREACHABLE, 0);
        took(selector, statuses.get(1), Result.CANCELLED, 40);
        Map<String, Integer> firsts = firsts(selector, statuses, 300);
        assertThat(firsts.get("c")).as("always preferred where it is drawn").isGreaterThan(180);
        took(selector, statuses.get(2), Result.CANCELLED, 1);
        assertThat(firsts(selector, statuses, 300).get("c"))
                .as("being cut off early says nothing")
                .isGreaterThan(180);
    }

    @Test
    void whatWasNotMadeSaysNothing() {
        BackendSelector selector = Selectors.fastest(clock, 1);
        List<BackendStatus> statuses = statuses("a", "b");
        took(selector, statuses.get(0), Result.WON, 9);
        took(selector, statuses.get(1), Result.WON, 10);
        for (String detail : List.of(AttemptOutcome.NO_ROOM, AttemptOutcome.EJECTED)) {
            selector.onOutcome(new AttemptOutcome(statuses.get(0).backend(), 1, 0, 0, Result.UNREACHABLE, 0, detail));
        }
        assertThat(firsts(selector, statuses, 20)).isEqualTo(Map.of("a", 20));
    }

    @Test
    void anUnknownBackendIsTriedByOneAtATime() {
        BackendSelector selector = Selectors.fastest(clock, 1);
        took(selector, busy("a", 0), Result.WON, 10);
        assertThat(firsts(selector, List.of(busy("a", 0), busy("b", 0)), 5)).isEqualTo(Map.of("b", 5));
        assertThat(firsts(selector, List.of(busy("a", 0), busy("b", 1)), 5)).isEqualTo(Map.of("a", 5));
    }

    @Test
    void repeatedFailuresNeverOverflow() {
        PeakAverage average = new PeakAverage();
        for (int i = 0; i < 10_000; i++) {
            average.fail(i, 1);
        }
        assertThat(average.expected(10_000)).isBetween(59.9e9, 60e9);
        assertThat(average.expected(Long.MAX_VALUE)).isZero();
    }

    private static void took(BackendSelector selector, BackendStatus status, Result result, long millis) {
        selector.onOutcome(outcome(status.backend(), result, millis));
    }

    private static AttemptOutcome outcome(Backend backend, Result result, long millis) {
        int status = result == Result.WON || result == Result.LOST ? 200 : result == Result.REJECTED ? 503 : 0;
        return new AttemptOutcome(backend, 1, 0, millis * 1_000_000, result, status, "");
    }

    private static Map<String, Integer> firsts(BackendSelector selector, List<BackendStatus> statuses, int times) {
        Map<String, Integer> firsts = new HashMap<>();
        for (int i = 0; i < times; i++) {
            firsts.merge(name(selector.plan(REQUEST, statuses).get(0)), 1, Integer::sum);
        }
        return firsts;
    }

    /** Idle backends by name, each with an optional weight after its letter. */
    private static List<BackendStatus> statuses(String... names) {
        return Arrays.stream(names).map(name -> busy(name, 0)).toList();
    }

    private static BackendStatus busy(String name, int inFlight) {
        int weight = name.length() == 1 ? 1 : Integer.parseInt(name.substring(1));
        return busy(name.substring(0, 1), inFlight, weight);
    }

    private static BackendStatus busy(String name, int inFlight, int weight) {
        return new BackendStatus(backend(name, weight), inFlight, true);
    }

    private static BackendStatus gone(BackendStatus status) {
        return new BackendStatus(status.backend(), status.inFlight(), false);
    }

    private static Backend backend(String name, int weight) {
        return Backend.of("group", "http://" + name).weight(weight);
    }

    private static String name(Backend backend) {
        return backend.base().getHost();
    }
}
