package dev.fanoutgateway.redis;

import dev.fanoutgateway.spi.Purge;
import dev.fanoutgateway.spi.Purge.Scope;
import dev.fanoutgateway.spi.PurgeChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Purges that all gateways on one Redis hear of: the newest {@link #MOST} are kept there, so that who starts or was cut off
 * reads what it has missed; of those before, the time is kept, and counts as a purge of everything. Messages only wake
 * the others, who look every second anyway. Safe for use by any thread.
 *
 * <p>Three keys on one node, {@code {purges}:names}, {@code {purges}:times} and {@code {purges}:state}; the channel is
 * {@code {purges}}.
 */
final class RedisPurges implements PurgeChannel {
    static final int MOST = 10_000;

    private static final Script PUBLISH = Script.named("publish-purge");
    private static final Map<Scope, Character> LETTERS =
            Map.of(Scope.TARGET, 'T', Scope.PREFIX, 'P', Scope.TAG, 'G', Scope.ALL, 'A');

    private final Link link;
    private final byte[][] keys;
    private final byte[] channel;
    private final int most;
    private final Set<PurgeReader> readers = ConcurrentHashMap.newKeySet();

    RedisPurges(Link link, String prefix) {
        this(link, prefix, MOST);
    }

    RedisPurges(Link link, String prefix, int most) {
        this.link = link;
        this.most = most;
        this.channel = utf8(prefix + "{purges}");
        this.keys = new byte[][] {
            utf8(prefix + "{purges}:names"), utf8(prefix + "{purges}:times"), utf8(prefix + "{purges}:state")
        };
    }

    @Override
    public CompletionStage<@Nullable Void> publish(Purge purge) {
        byte[][] arguments = {
            utf8(name(purge)),
            Script.ascii(purge.atMillis()),
            Script.ascii(most),
            utf8(UUID.randomUUID().toString()),
            channel
        };
        return PUBLISH.run(link, keys, arguments).thenApply(sequence -> null);
    }

    @Override
    public AutoCloseable subscribe(Consumer<Purge> purges) {
        PurgeReader reader = new PurgeReader(link, keys, purges);
        readers.add(reader);
        AutoCloseable listening = link.listen(channel, reader::read);
        reader.start();
        return () -> {
            readers.remove(reader);
            reader.close();
            listening.close();
        };
    }

    /** Whether those who want to know of every purge do: until then nothing that is stored here may be served to them. */
    boolean areKnown() {
        for (PurgeReader reader : readers) {
            if (!reader.isCurrent()) {
                return false;
            }
        }
        return true;
    }

    /** {@code H} or {@code S}, the scope's letter, the value. */
    private static String name(Purge purge) {
        return (purge.soft() ? "S" : "H") + LETTERS.get(purge.scope()) + purge.value();
    }

    /** The purge of that name; empty if it is none of ours. */
    static Optional<Purge> of(String name, String atMillis) {
        if (name.length() < 2 || (name.charAt(0) != 'H' && name.charAt(0) != 'S')) {
            return Optional.empty();
        }
        try {
            for (Map.Entry<Scope, Character> letter : LETTERS.entrySet()) {
                if (letter.getValue() == name.charAt(1)) {
                    long at = Math.max(1, Long.parseLong(atMillis)); // 0 would mean now
                    return Optional.of(new Purge(letter.getKey(), name.substring(2), name.charAt(0) == 'S', at));
                }
            }
        } catch (IllegalArgumentException e) { // somebody else's entry
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
