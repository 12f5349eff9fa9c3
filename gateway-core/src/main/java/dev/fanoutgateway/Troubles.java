package dev.fanoutgateway;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.GatewayClock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The troubles of stores that several plug-ins stand on, each known by its name. Safe for use by any thread. */
final class Troubles {
    /** A plug-in that gives each failure another name must not fill the memory. */
    private static final int MOST = 64;

    private final Map<String, Trouble> byStore = new ConcurrentHashMap<>();
    private final GatewayClock clock;
    private final Consumer<DevMessage> messages;

    Troubles(GatewayClock clock, Consumer<DevMessage> messages) {
        this.clock = clock;
        this.messages = messages;
    }

    Trouble of(String store) {
        Trouble known = byStore.get(store);
        if (known != null) {
            return known;
        }
        String name = byStore.size() < MOST ? store : "another store";
        return byStore.computeIfAbsent(name, any -> new Trouble(name, "store-failed:" + name, clock, messages));
    }

    /** The trouble of a plug-in itself. */
    Trouble ofPlugin(String plugin) {
        return new Trouble("the " + plugin, "plugin-failed:" + plugin, clock, messages);
    }
}
