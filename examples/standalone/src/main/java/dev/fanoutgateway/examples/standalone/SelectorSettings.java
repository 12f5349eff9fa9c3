package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.fanout.Selectors;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Reads whom a group asks first: the keys {@code selector}, {@code hash-by} and {@code zone}. */
final class SelectorSettings {
    private static final Supplier<BackendSelector> BY_PATH = Selectors::consistentHashByPath;
    private static final Value<Supplier<BackendSelector>> SELECTOR = Value.choice(Map.of(
            "listed",
            Selectors::listed,
            "round-robin",
            Selectors::roundRobin,
            "least-loaded",
            Selectors::leastLoaded,
            "fastest",
            Selectors::fastest,
            "consistent-hash",
            BY_PATH,
            "learned",
            Selectors::learned));
    private static final Value<Supplier<BackendSelector>> HASH_BY =
            Value.choice(Map.of("path", BY_PATH, "caller", Selectors::consistentHashByCaller));

    private SelectorSettings() {}

    /** @param where what the group says of its backends */
    static BackendSelector read(Section in, SourceSettings where) {
        Supplier<BackendSelector> chosen = in.value("selector", SELECTOR).orElse(Selectors::listed);
        Supplier<BackendSelector> hashing = in.value("hash-by", HASH_BY).orElse(BY_PATH);
        BackendSelector selector = (chosen == BY_PATH ? hashing : chosen).get();
        return in.valueOrNull("zone", ListedBackends.ZONE)
                .filter(zone -> leadsSomewhere(zone, in, where))
                .map(zone -> Selectors.preferZone(zone, selector))
                .orElse(selector);
    }

    /** Whether some backend can be of this zone: one in a file may come to be, one that DNS names never is. */
    private static boolean leadsSomewhere(String zone, Section in, SourceSettings where) {
        List<String> zones = where.backends().stream()
                .map(Backend::zone)
                .filter(known -> !known.isEmpty())
                .distinct()
                .toList();
        boolean listed = !where.backends().isEmpty();
        boolean byDns = in.node("dns").filter(node -> !Node.isNull(node)).isPresent();
        if (!byDns && (!listed || zones.contains(zone))) {
            return true;
        }
        String expected = zones.isEmpty()
                ? "null, while no backend of this group has a zone"
                : "one of its backends' zones " + String.join(", ", zones);
        in.problems().add(in.lineOf("zone"), in.pathOf("zone"), expected, Problems.shown(zone));
        return false;
    }
}
