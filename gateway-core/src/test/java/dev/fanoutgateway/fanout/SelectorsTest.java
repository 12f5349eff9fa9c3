package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SelectorsTest {
    @Test
    void listedKeepsTheOrderWithAvailableOnesFirst() {
        assertThat(order(Selectors.listed(), "a", "b", "c")).isEqualTo("abc");
        assertThat(order(Selectors.listed(), "a!", "b", "c!", "d")).isEqualTo("bdac");
        assertThat(order(Selectors.listed(), "a!", "b!")).isEqualTo("ab");
        assertThat(order(Selectors.listed())).isEmpty();
    }

    @Test
    void roundRobinBeginsWithEachInTurn() {
        BackendSelector selector = Selectors.roundRobin();

        assertThat(List.of(
                        order(selector, "a", "b", "c"), order(selector, "a", "b", "c"), order(selector, "a", "b", "c")))
                .containsExactly("abc", "bca", "cab");
        assertThat(order(selector, "a", "b", "c")).isEqualTo("abc");
        assertThat(order(selector)).isEmpty();
    }

    @Test
    void roundRobinTurnsAmongTheAvailableOnesOnly() {
        BackendSelector selector = Selectors.roundRobin();
        List<String> firsts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            firsts.add(order(selector, "a", "b!", "c"));
        }

        assertThat(firsts).containsExactly("acb", "cab", "acb", "cab");
        assertThat(order(selector, "a!", "b!")).isEqualTo("ab");
    }

    @Test
    void groupsThatShareASelectorTurnIndependently() {
        BackendSelector selector = Selectors.roundRobin();
        List<BackendStatus> one = statuses("one", "a", "b");
        List<BackendStatus> two = statuses("two", "c", "d");
        StringBuilder firsts = new StringBuilder();
        for (int i = 0; i < 2; i++) {
            firsts.append(text(selector.plan(GatewayRequest.get("/"), one)));
            firsts.append(text(selector.plan(GatewayRequest.get("/"), two)));
        }

        assertThat(firsts).hasToString("abcdbadc");
    }

    private static String order(BackendSelector selector, String... hosts) {
        return text(selector.plan(GatewayRequest.get("/"), statuses("group", hosts)));
    }

    private static List<BackendStatus> statuses(String group, String... hosts) {
        return Arrays.stream(hosts)
                .map(host ->
                        new BackendStatus(Backend.of(group, "http://" + host.replace("!", "")), 0, !host.endsWith("!")))
                .toList();
    }

    private static String text(List<Backend> backends) {
        return backends.stream().map(Arena::host).collect(Collectors.joining());
    }
}
