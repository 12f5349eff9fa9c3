package dev.fanoutgateway.spi;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Knows which backends a group has now: a file, DNS, a registry. The gateway asks it again and again and changes the group
 * by what it says, without disturbing what is under way.
 *
 * <p>Called for the first time while the gateway is built, on that thread; later on threads of the gateway's. It may block,
 * but must come to an end by itself. Not called again for a group before its last call has completed, but for one that has not
 * done so for 5 min: that counts as lost, and the source is asked once more, until three are lost. A source that throws,
 * fails, gives null or no backend at all, or takes longer than 30 s changes nothing: the group keeps the backends it has, and
 * the developers are told once, and once more when the source is back. It is then asked again after 1 s, and after twice as
 * long each time it fails, up to {@link #retryWithin}.
 *
 * <p>Nothing of a request reaches a source: no client decides where the gateway connects.
 */
public interface BackendSource {
    /**
     * The backends of {@code group} now.
     *
     * @param group the name of the group, which its backends must have as theirs
     */
    CompletionStage<Listing> list(String group);

    /**
     * The longest that the gateway waits before it asks again while this fails, 10 ms to 30 s; what is outside is taken for the
     * nearest of these. Asked before each call of {@link #list}; must be quick.
     */
    default Duration retryWithin() {
        return Duration.ofSeconds(30);
    }

    /**
     * What a source knows.
     *
     * @param backends in order of preference; at least one, at most 1,000. A backend is known by its id: one that was there
     *     before keeps its health, latencies and attempts under way, also with another weight or zone
     * @param lookAgain when to ask the source again, 10 ms to 1 day; what is outside is taken for the nearest of these
     */
    record Listing(List<Backend> backends, Duration lookAgain) {
        public Listing {
            backends = List.copyOf(backends);
        }
    }

    /** Why there is no listing, in words that hold no secret: the developers are told them. */
    class Unavailable extends PluginFailure {
        private static final long serialVersionUID = 1;

        public Unavailable(String reason) {
            super(reason);
        }
    }
}
