package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.Backend;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How many attempts are under way at each backend. A backend without any takes no room. Safe for use by any thread. */
final class InFlight {
    private final ConcurrentMap<Backend, Integer> counts = new ConcurrentHashMap<>();

    /** Counts an attempt, unless there are {@code most} already; exactly, whatever other threads do. */
    boolean tryEnter(Backend backend, int most) {
        while (true) {
            Integer count = counts.get(backend);
            if (count == null) {
                if (counts.putIfAbsent(backend, 1) == null) {
                    return true;
                }
            } else if (count >= most) {
                return false;
            } else if (counts.replace(backend, count, count + 1)) {
                return true;
            }
        }
    }

    /** Counts one that is there already in another form. */
    void enter(Backend backend) {
        counts.merge(backend, 1, Integer::sum);
    }

    void exit(Backend backend) {
        counts.computeIfPresent(backend, (key, count) -> count == 1 ? null : count - 1);
    }

    int at(Backend backend) {
        return counts.getOrDefault(backend, 0);
    }
}
