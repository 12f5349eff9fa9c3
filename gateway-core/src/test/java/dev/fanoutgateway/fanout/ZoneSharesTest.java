package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendSelector.Demand;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.testing.FakeClock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who gets which share of the requests when backends of one zone are preferred. */
class ZoneSharesTest {
    private final BackendSelector turns = Selectors.roundRobin();
    private final BackendSelector zoned = Selectors.preferZone("a", turns, 1);

    @Test
    void eachOfTheZoneInTurn() {
        List<BackendStatus> two = statuses("a", "a", "b", "b");
        assertThat(firsts(zoned, two, 200)).isEqualTo(Map.of("h0", 100, "h1", 100));
        assertThat(sequence(zoned, two, 4)).containsExactly("h0", "h1", "h0", "h1");
        List<BackendStatus> three = statuses("b", "a", "b", "a", "c", "a");
        assertThat(firsts(zoned, three, 300)).isEqualTo(Map.of("h1", 100, "h3", 100, "h5", 100));
    }

    @Test
    void theOwnZoneMayHaveAnyNumberOfMembersAndSoMayOthers() {
        for (int near = 1; near <= 5; near++) {
            for (int far = 0; far <= 5; far++) {
                String[] zones = new String[near + far];
                Arrays.fill(zones, "b");
                Arrays.fill(zones, 0, near, "a");
                Map<String, Integer> shares = firsts(Selectors.preferZone("a", turns, 1), statuses(zones), 60 * near);
                assertThat(shares)
                        .as("%d and %d", near, far)
                        .hasSize(near)
                        .allSatisfy((host, share) -> assertThat(share).isEqualTo(60));
            }
        }
    }

    @Test
    void withinTheZoneByWeight() {
        List<BackendStatus> all = statuses("a*3", "a", "a*2", "b*5", "b");
        assertThat(firsts(zoned, all, 600)).isEqualTo(Map.of("h0", 300, "h1", 100, "h2", 200));
        assertThat(sequence(zoned, all, 6))
                .as("as evenly as the weights allow")
                .containsExactlyElementsOf(sequence(Selectors.roundRobin(), statuses("a*3", "a", "a*2"), 6));
    }

    /** Which requests spill is left to chance; whose turn it is among those that do, and among those that do not, is not. */
    @Test
    void whatSpillsAndWhatStaysAreBothSharedByWeight() {
        List<BackendStatus> half = statuses("a*3", "a", "a*4!", "b*2", "b", "c");
        Map<String, Integer> shares = firsts(zoned, half, 10_000);
        int near = shares.get("h0") + shares.get("h1");
        int far = 10_000 - near;
        assertThat(shares).containsOnlyKeys("h0", "h1", "h3", "h4", "h5");
        assertThat(near).as("half of the zone takes 70 %").isBetween(6_850, 7_150);
        assertThat(shares.get("h0")).isCloseTo(near * 3 / 4, within(1));
        assertThat(shares.get("h1")).isCloseTo(near / 4, within(1));
        assertThat(shares.get("h3")).isCloseTo(far / 2, within(1));
        assertThat(shares.get("h4")).isCloseTo(far / 4, within(1));
        assertThat(shares.get("h5")).isCloseTo(far / 4, within(1));
    }

    @Test
    void whatSpillsIsSharedWithoutWeightsToo() {
        Map<String, Integer> shares = firsts(zoned, statuses("a", "a", "a!", "a!", "b", "b", "b"), 10_000);
        int near = shares.get("h0") + shares.get("h1");
        int far = 10_000 - near;
        assertThat(near).isBetween(6_850, 7_150);
        assertThat(shares.get("h0")).isCloseTo(near / 2, within(1));
        for (String host : List.of("h4", "h5", "h6")) {
            assertThat(shares.get(host)).isCloseTo(far / 3, within(1));
        }
    }

    @Test
    void aZoneThatIsOutLeavesAllToTheOthersAndGetsItsSharesBack() {
        List<BackendStatus> well = statuses("a*2", "a", "b*3", "b");
        List<BackendStatus> one = statuses("a*2", "a!", "b*3", "b");
        List<BackendStatus> none = statuses("a*2!", "a!", "b*3", "b");
        firsts(zoned, well, 100);
        assertThat(firsts(zoned, none, 400)).isEqualTo(Map.of("h2", 300, "h3", 100));
        firsts(zoned, one, 77);
        assertThat(firsts(zoned, well, 300)).isEqualTo(Map.of("h0", 200, "h1", 100));
        assertThat(firsts(zoned, none, 400)).isEqualTo(Map.of("h2", 300, "h3", 100));
        assertThat(firsts(zoned, well, 300)).isEqualTo(Map.of("h0", 200, "h1", 100));
    }

    @Test
    void noneOfTheZoneLeavesEachOfTheOthersItsTurn() {
        assertThat(firsts(zoned, statuses("b", "b", "c"), 300)).isEqualTo(Map.of("h0", 100, "h1", 100, "h2", 100));
    }

    /** If the whole zone is in vain, before anybody knows it, or full, the others do not all fall to one. */
    @Test
    void whoStandsInForTheZoneIsDrawnByWeight() {
        List<BackendStatus> all = statuses("a", "a", "b*3", "b", "c!");
        Map<String, Integer> third = new TreeMap<>();
        for (int i = 0; i < 4_000; i++) {
            List<Backend> order = zoned.plan(GatewayRequest.get("/"), all);
            third.merge(host(order.get(2)), 1, Integer::sum);
            assertThat(host(order.get(4))).isEqualTo("h4");
        }
        assertThat(third).containsOnlyKeys("h2", "h3");
        assertThat(third.get("h2")).isBetween(2_850, 3_150);
    }

    @Test
    void groupsOfOneZoneTurnIndependently() {
        List<BackendStatus> one = statuses("a", "a", "b");
        List<BackendStatus> other = one.stream()
                .map(status -> new BackendStatus(
                        Backend.of("other", status.backend().id())
                                .zone(status.backend().zone()),
                        0,
                        true))
                .toList();
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            order.addAll(sequence(zoned, one, 1));
            order.addAll(sequence(zoned, other, 1));
        }
        assertThat(order).containsExactly("h0", "h0", "h1", "h1");
    }

    @Test
    void turnsOfThoseThatLeftAreForgotten() {
        for (int i = 0; i < 100; i++) {
            Backend only = Backend.of("group", "http://h" + i);
            zoned.plan(GatewayRequest.get("/"), List.of(new BackendStatus(only, 0, true)));
            zoned.onChange("group", List.of(only));
            zoned.onChange("other", List.of());
        }
        assertThat(((RoundRobin) turns).turns()).isEqualTo(1);
    }

    @Test
    void theLeastLoadedOfTheZoneIsDrawnByWeight() {
        Map<String, Integer> shares =
                firsts(Selectors.preferZone("a", Selectors.leastLoaded(2), 2), statuses("a*3", "a", "b", "b"), 4_000);
        assertThat(shares).containsOnlyKeys("h0", "h1");
        assertThat(shares.get("h0")).isBetween(2_850, 3_150);
    }

    @Test
    void theFastestOfTheZoneIsFirstWhoeverIsFasterElsewhere() {
        BackendSelector selector = Selectors.preferZone("a", Selectors.fastest(new FakeClock(), 3), 3);
        List<BackendStatus> all = statuses("a", "a", "b", "b");
        long[] millis = {30, 10, 2, 1};
        for (int i = 0; i < 200; i++) {
            tell(selector, all.get(i % 4).backend(), Result.WON, millis[i % 4]);
        }
        assertThat(firsts(selector, all, 500)).isEqualTo(Map.of("h1", 500));
        List<BackendStatus> half = statuses("a", "a!", "b", "b");
        Map<String, Integer> spilt = firsts(selector, half, 5_000);
        assertThat(spilt).containsOnlyKeys("h0", "h3");
        assertThat(spilt.get("h0")).isBetween(3_350, 3_650);
    }

    @Test
    void theLikeliestOfTheZoneIsFirstAndOnlyTheZoneIsTried() {
        BackendSelector selector = Selectors.preferZone("a", Selectors.learned(4), 4);
        List<BackendStatus> all = statuses("a", "a", "b", "b");
        for (int i = 0; i < 200; i++) {
            tell(selector, all.get(i % 4).backend(), i % 2 == 0 ? Result.ABSENT : Result.WON, 10);
        }
        Map<String, Integer> shares = firsts(selector, all, 6_400);
        assertThat(shares).containsOnlyKeys("h0", "h1");
        assertThat(shares.get("h0")).as("about one in 64").isBetween(60, 140);
    }

    private static void tell(BackendSelector selector, Backend backend, Result result, long millis) {
        selector.onOutcome(demand(), new AttemptOutcome(backend, 1, 0, millis * 1_000_000, result, 0, ""));
    }

    private static Map<String, Integer> firsts(BackendSelector selector, List<BackendStatus> statuses, int requests) {
        Map<String, Integer> firsts = new TreeMap<>();
        sequence(selector, statuses, requests).forEach(host -> firsts.merge(host, 1, Integer::sum));
        return firsts;
    }

    private static List<String> sequence(BackendSelector selector, List<BackendStatus> statuses, int requests) {
        List<String> firsts = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            List<Backend> order = selector.plan(demand(), statuses);
            assertThat(order)
                    .containsExactlyInAnyOrderElementsOf(
                            statuses.stream().map(BackendStatus::backend).toList());
            firsts.add(host(order.get(0)));
        }
        return firsts;
    }

    private static Demand demand() {
        return new Demand(GatewayRequest.get("/stocks/1"), "/**", Optional.empty());
    }

    /** One backend for each zone, of the weight after the star; those with a mark at the end are not available. */
    private static List<BackendStatus> statuses(String... zones) {
        List<BackendStatus> statuses = new ArrayList<>();
        for (int i = 0; i < zones.length; i++) {
            String[] parts = zones[i].replace("!", "").split("\\*", 2);
            Backend backend = Backend.of("group", "http://h" + i)
                    .zone(parts[0])
                    .weight(parts.length > 1 ? Integer.parseInt(parts[1]) : 1);
            statuses.add(new BackendStatus(backend, 0, !zones[i].endsWith("!")));
        }
        return statuses;
    }

    private static String host(Backend backend) {
        return backend.base().getHost();
    }
}
