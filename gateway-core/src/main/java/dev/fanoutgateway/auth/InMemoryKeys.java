package dev.fanoutgateway.auth;

import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.KeyAuthenticator;
import dev.fanoutgateway.spi.KeyCredential;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A fixed set of keys in memory, by their SHA-256 digests. Immutable; safe for use by any thread. */
public final class InMemoryKeys implements KeyAuthenticator {
    private final KeyTable table;
    private final GatewayClock clock;

    InMemoryKeys(KeyTable table, GatewayClock clock) {
        this.table = table;
        this.clock = clock;
    }

    /**
     * Knows {@code entries}, each until it expires by {@code clock}'s wall. Several keys may share one id, so that a key
     * can be replaced without a gap, if they agree on plan and attributes.
     *
     * @throws IllegalArgumentException naming the id, never the key, if two entries have the same key, or the same id with
     *     different plans or attributes
     */
    public static InMemoryKeys of(Collection<KeyEntry> entries, GatewayClock clock) {
        KeyTable table = new KeyTable();
        entries.forEach(table::add);
        return new InMemoryKeys(table, clock);
    }

    KeyTable table() {
        return table;
    }

    /** Completes at once. An unknown key and an expired one take the same steps and look the same. */
    @Override
    public CompletionStage<Optional<Caller>> authenticate(KeyCredential credential) {
        return CompletableFuture.completedFuture(table.find(credential.sha256(), clock.currentTimeMillis()));
    }

    @Override
    public String toString() {
        return "InMemoryKeys[" + table.size() + " keys]";
    }
}
