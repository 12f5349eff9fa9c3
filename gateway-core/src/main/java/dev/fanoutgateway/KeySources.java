package dev.fanoutgateway;

import dev.fanoutgateway.auth.InMemoryKeys;
import dev.fanoutgateway.auth.KeysFile;
import dev.fanoutgateway.jwt.JwtAuthenticator;
import dev.fanoutgateway.okhttp.Downloads;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.KeyAuthenticator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who tells a gateway's callers by their keys: those given to its builder, its file, tokens, the host, asked in this order. */
final class KeySources {
    private KeySources() {}

    /**
     * All of them as one; null if there are none.
     *
     * @param messages told when a file or a set of keys becomes good or bad
     * @param opened gets what is to be closed with the gateway
     */
    static @Nullable KeyAuthenticator of(
            GatewayBuilder from, GatewayClock clock, Messages messages, List<AutoCloseable> opened) {
        List<KeyAuthenticator> sources = new ArrayList<>();
        InMemoryKeys given = InMemoryKeys.of(from.keys, clock);
        if (!from.keys.isEmpty()) {
            sources.add(given);
        }
        if (from.keysFile != null) {
            KeysFile file = KeysFile.open(from.keysFile, from.plans.keySet(), given, clock, messages);
            opened.add(file);
            sources.add(file);
        }
        if (from.jwt != null) {
            JwtAuthenticator tokens = JwtAuthenticator.open(
                    from.jwt, from.plans.keySet(), new Downloads()::get, from.pluginTimeout.toNanos(), clock, messages);
            opened.add(tokens);
            sources.add(tokens);
        }
        if (from.authenticator != null) {
            sources.add(from.authenticator);
        }
        return switch (sources.size()) {
            case 0 -> null;
            case 1 -> sources.get(0);
            default -> new FirstKnown(sources);
        };
    }
}
