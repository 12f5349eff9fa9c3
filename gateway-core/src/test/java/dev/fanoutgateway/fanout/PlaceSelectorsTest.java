package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendSelector.Demand;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.spi.Caller;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Selectors that heed who wants what, and where: consistent hash, learned, zones. */
class PlaceSelectorsTest {
    private static final int PATHS = 3_000;

    @Test
    void theSamePathGoesToTheSameBackendWhateverItsQuery() {
        BackendSelector selector = Selectors.consistentHashByPath();
        List<BackendStatus> statuses = idle(5);
        Backend first = selector.plan(GatewayRequest.get("/a"), statuses).get(0);
        for (int i = 0; i < 50; i++) {
            assertThat(selector.plan(GatewayRequest.get("/a?q=" + i), statuses)).startsWith(first);
        }
    }

    @Test
    void pathsSpreadByWeight() {
        List<BackendStatus> statuses = new ArrayList<>(idle(3));
        statuses.set(0, new BackendStatus(statuses.get(0).backend().weight(2), 0, true));
        Map<Backend, Integer> shares = new HashMap<>();
        owners(statuses).values().forEach(owner -> shares.merge(owner, 1, Integer::sum));
        assertThat(shares.get(statuses.get(0).backend())).isBetween(1_400, 1_600);
        assertThat(shares.get(statuses.get(1).backend())).isBetween(670, 830);
        assertThat(shares.get(statuses.get(2).backend())).isBetween(670, 830);
    }

    @Test
    void whenABackendGoesOnlyItsOwnPathsMoveAndToAllOthersAlike() {
        List<BackendStatus> all = idle(5);
        List<BackendStatus> without = new ArrayList<>(all);
        BackendStatus gone = all.get(2);
        without.set(2, new BackendStatus(gone.backend(), 0, false));
        Map<String, Backend> before = owners(all);
        Map<String, Backend> after = owners(without);
        Map<Backend, Integer> heirs = new HashMap<>();
        before.forEach((path, owner) -> {
            if (owner.equals(gone.backend())) {
                heirs.merge(after.get(path), 1, Integer::sum);
            } else {
                assertThat(after.get(path)).isEqualTo(owner);
            }
        });
        assertThat(heirs)
                .hasSize(4)
                .allSatisfy((heir, count) -> assertThat(count).isBetween(110, 190));
        assertThat(owners(all.subList(0, 4)).entrySet())
                .filteredOn(entry -> !before.get(entry.getKey()).equals(entry.getValue()))
                .as("the same where it is taken off the list")
                .allMatch(entry -> before.get(entry.getKey()).equals(all.get(4).backend()));
    }

    @Test
    void anOverloadedBackendIsPassedOver() {
        BackendSelector selector = Selectors.consistentHashByPath();
        List<BackendStatus> statuses = idle(4);
        Backend owner = selector.plan(GatewayRequest.get("/hot"), statuses).get(0);
        Backend next = selector.plan(GatewayRequest.get("/hot"), statuses).get(1);

        assertThat(selector.plan(GatewayRequest.get("/hot"), with(statuses, owner, 3, 0)))
                .as("a few are no load")
                .startsWith(owner);
        assertThat(selector.plan(GatewayRequest.get("/hot"), with(statuses, owner, 12, 9)))
                .as("12 of 40, 13 allowed")
                .startsWith(owner);
        assertThat(selector.plan(GatewayRequest.get("/hot"), with(statuses, owner, 13, 9)))
                .as("13 of 41, 13 allowed")
                .startsWith(next);
    }

    /** One path that everybody wants, replies that take their time: no backend gets more than its bound. */
    @Test
    void theLoadIsBounded() {
        BackendSelector selector = Selectors.consistentHashByPath();
        int[] load = new int[6];
        for (int i = 0; i < 600; i++) {
            List<BackendStatus> statuses = new ArrayList<>();
            for (int j = 0; j < load.length; j++) {
                statuses.add(new BackendStatus(backend(j), load[j], true));
            }
            Backend chosen = selector.plan(GatewayRequest.get("/hot"), statuses).get(0);
            load[statuses.stream().map(BackendStatus::backend).toList().indexOf(chosen)]++;
            assertThat(Arrays.stream(load).max().orElseThrow())
                    .isLessThanOrEqualTo((int) Math.max(4, Math.ceil(1.25 * (i + 1) / 6)));
        }
    }

    @Test
    void byCallerTheKeyCountsAndWithoutOneTheAddress() {
        BackendSelector selector = Selectors.consistentHashByCaller();
        List<BackendStatus> statuses = idle(5);
        Map<Backend, Integer> firsts = new HashMap<>();
        for (int caller = 0; caller < 100; caller++) {
            Backend first =
                    selector.plan(demand("/a", "caller" + caller), statuses).get(0);
            assertThat(selector.plan(demand("/b", "caller" + caller), statuses)).startsWith(first);
            firsts.merge(first, 1, Integer::sum);
        }
        assertThat(firsts).hasSize(5);
        Map<Backend, Integer> byAddress = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            GatewayRequest request = GatewayRequest.get("/a").from("192.0.2." + i);
            byAddress.merge(
                    selector.plan(new Demand(request, "/**", Optional.empty()), statuses)
                            .get(0),
                    1,
                    Integer::sum);
        }
        assertThat(byAddress).hasSize(5);
    }

    @Test
    void learnedFindsWhoHasTheDatum() {
        BackendSelector selector = Selectors.learned(1);
        List<BackendStatus> statuses = idle(3);
        serve(selector, statuses, 3_000, path -> path.contains("/stocks/") ? 1 : 2);

        assertThat(firsts(selector, statuses, "/stocks/never-asked")).hasSize(1).containsKey("h1");
        assertThat(firsts(selector, statuses, "/bonds/never-asked")).hasSize(1).containsKey("h2");
    }

    @Test
    void learnedForgetsWhenTheDatumMoves() {
        BackendSelector selector = Selectors.learned(2);
        List<BackendStatus> statuses = idle(3);
        serve(selector, statuses, 2_000, path -> 0);
        assertThat(firsts(selector, statuses, "/stocks/1")).containsKey("h0");
        int asked = serve(selector, statuses, 2_000, path -> 2);
        assertThat(firsts(selector, statuses, "/stocks/1")).containsKey("h2");
        assertThat(asked).as("attempts for 2,000 requests").isLessThan(2_300);
    }

    @Test
    void amongThoseThatHaveItTheFasterIsFirst() {
        BackendSelector selector = Selectors.learned(3);
        List<BackendStatus> statuses = idle(3);
        Demand demand = demand("/stocks/1", "caller");
        for (int i = 0; i < 40; i++) {
            selector.onOutcome(demand, outcome(0, Result.LOST, 50));
            selector.onOutcome(demand, outcome(1, Result.WON, 10));
            selector.onOutcome(demand, outcome(2, Result.ABSENT, 1));
        }
        assertThat(firsts(selector, statuses, "/stocks/1")).containsOnlyKeys("h1");
    }

    /** Learned from what happened, against the best of all six orders if one knew the truth. */
    @Test
    void theOrderTakesAboutTheLeastTimeToAnAnswer() {
        SplittableRandom random = new SplittableRandom(11);
        double learned = 0;
        double best = 0;
        for (int world = 0; world < 300; world++) {
            double[] has = random.doubles(3, 0.02, 0.98).toArray();
            long[] millis = random.longs(3, 1, 200).toArray();
            BackendSelector selector = Selectors.learned(world);
            Demand demand = demand("/stocks/1", "caller");
            for (int i = 0; i < 300; i++) {
                Result result = random.nextDouble() < has[i % 3] ? Result.WON : Result.ABSENT;
                selector.onOutcome(demand, outcome(i % 3, result, millis[i % 3]));
            }
            int[] chosen = selector.plan(demand, idle(3)).stream()
                    .mapToInt(backend -> Integer.parseInt(host(backend).substring(1)))
                    .toArray();
            double least = Double.MAX_VALUE;
            for (int[] order : new int[][] {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
                least = Math.min(least, expected(order, has, millis));
            }
            learned += expected(chosen, has, millis);
            best += least;
        }
        assertThat(learned / best).isBetween(1.0, 1.05);
    }

    @Test
    void whatClientsMakeUpTakesNoRoomWithoutBound() {
        BackendSelector selector = Selectors.learned(4);
        List<BackendStatus> statuses = idle(2);
        for (int i = 0; i < 60_000; i++) {
            selector.onOutcome(demand("/" + i + "/" + i, "caller"), outcome(i % 2, Result.WON, 5));
        }
        assertThat(((Learned) selector).remembered()).isLessThanOrEqualTo(10_000);
        assertThat(selector.plan(demand("/x", "caller"), statuses)).hasSize(2);
    }

    @Test
    void theOwnZoneIsFirst() {
        BackendSelector selector = Selectors.preferZone("eu-1", Selectors.listed(), 1);
        assertThat(order(selector, "us-1", "eu-1", "", "eu-1")).isEqualTo("1302");
    }

    @Test
    void aZoneThatIsOutSpillsAndAWeakOneSpillsItsExcess() {
        BackendSelector selector = Selectors.preferZone("eu-1", Selectors.listed(), 2);
        assertThat(order(selector, "us-1", "eu-1!", "us-1", "eu-1!")).isEqualTo("0213");
        Map<String, Integer> firsts = new TreeMap<>();
        List<BackendStatus> half = zoned("eu-1", "eu-1!", "us-1");
        for (int i = 0; i < 10_000; i++) {
            firsts.merge(host(selector.plan(GatewayRequest.get("/"), half).get(0)), 1, Integer::sum);
        }
        assertThat(firsts.get("h2")).as("half of the zone takes 70 %").isBetween(2_850, 3_150);
        List<BackendStatus> most = zoned("eu-1", "eu-1", "eu-1", "eu-1!", "us-1");
        for (int i = 0; i < 1_000; i++) {
            assertThat(host(selector.plan(GatewayRequest.get("/"), most).get(0)))
                    .isNotEqualTo("h4");
        }
    }

    @Test
    void aZoneOfNobodyChangesNothing() {
        BackendSelector selector = Selectors.preferZone("mars", Selectors.listed(), 3);
        assertThat(order(selector, "us-1", "eu-1", "eu-1!")).isEqualTo("012");
        assertThatThrownBy(() -> Selectors.preferZone(" ", Selectors.listed())).hasMessageContaining("eu-1");
    }

    @Test
    void outcomesPassThroughTheZoneToWhatRanksWithinIt() {
        BackendSelector selector = Selectors.preferZone("eu-1", Selectors.learned(5), 5);
        List<BackendStatus> statuses = zoned("eu-1", "eu-1");
        serve(selector, statuses, 500, path -> 1);
        assertThat(firsts(selector, statuses, "/stocks/1")).containsOnlyKeys("h1");
    }

    /** Asks one backend after the other until one has it, as failover would; gives the number of attempts. */
    private static int serve(BackendSelector selector, List<BackendStatus> statuses, int requests, Owner owner) {
        int attempts = 0;
        for (int i = 0; i < requests; i++) {
            String path = (i % 2 == 0 ? "/stocks/" : "/bonds/") + i % 20;
            Demand demand = demand(path, "caller");
            for (Backend backend : selector.plan(demand, statuses)) {
                attempts++;
                boolean has = host(backend).equals("h" + owner.of(path));
                selector.onOutcome(
                        demand,
                        new AttemptOutcome(
                                backend, 1, 0, 10_000_000, has ? Result.WON : Result.ABSENT, has ? 200 : 404, ""));
                if (has) {
                    break;
                }
            }
        }
        return attempts;
    }

    private interface Owner {
        int of(String path);
    }

    /** Who is first; explorations, about one in 64, are left out. */
    private static Map<String, Integer> firsts(BackendSelector selector, List<BackendStatus> statuses, String path) {
        Map<String, Integer> firsts = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            firsts.merge(host(selector.plan(demand(path, "caller"), statuses).get(0)), 1, Integer::sum);
        }
        firsts.values().removeIf(count -> count < 20);
        return firsts;
    }

    private static double expected(int[] order, double[] has, long[] millis) {
        double time = 0;
        double missed = 1;
        for (int i : order) {
            time += missed * millis[i];
            missed *= 1 - has[i];
        }
        return time;
    }

    private static Map<String, Backend> owners(List<BackendStatus> statuses) {
        BackendSelector selector = Selectors.consistentHashByPath();
        Map<String, Backend> owners = new HashMap<>();
        for (int i = 0; i < PATHS; i++) {
            owners.put(
                    "/p/" + i,
                    selector.plan(GatewayRequest.get("/p/" + i), statuses).get(0));
        }
        return owners;
    }

    private static List<BackendStatus> with(List<BackendStatus> statuses, Backend one, int its, int others) {
        return statuses.stream()
                .map(status ->
                        new BackendStatus(status.backend(), status.backend().equals(one) ? its : others, true))
                .toList();
    }

    private static Demand demand(String path, String caller) {
        return new Demand(GatewayRequest.get(path), "/**", Optional.of(new Caller(caller, "basic", Map.of())));
    }

    private static AttemptOutcome outcome(int backend, Result result, long millis) {
        return new AttemptOutcome(backend(backend), 1, 0, millis * 1_000_000, result, 0, "");
    }

    private static List<BackendStatus> idle(int size) {
        List<BackendStatus> statuses = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            statuses.add(new BackendStatus(backend(i), 0, true));
        }
        return List.copyOf(statuses);
    }

    /** One backend for each zone; those with a mark are not available. */
    private static List<BackendStatus> zoned(String... zones) {
        List<BackendStatus> statuses = new ArrayList<>();
        for (int i = 0; i < zones.length; i++) {
            statuses.add(new BackendStatus(backend(i).zone(zones[i].replace("!", "")), 0, !zones[i].endsWith("!")));
        }
        return statuses;
    }

    private static String order(BackendSelector selector, String... zones) {
        StringBuilder order = new StringBuilder();
        selector.plan(GatewayRequest.get("/"), zoned(zones))
                .forEach(backend -> order.append(host(backend).substring(1)));
        return order.toString();
    }

    private static Backend backend(int number) {
        return Backend.of("group", "http://h" + number);
    }

    private static String host(Backend backend) {
        return backend.base().getHost();
    }
}
