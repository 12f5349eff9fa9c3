package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.Backend;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many attempts are under way at each backend, and how many of them last as long as a client likes: those whose content is
 * passed on while it comes, and streamed answers. These may take half of a backend's places, so that slow clients leave room
 * for others. A backend without any takes no room. Safe for use by any thread.
 */
final class InFlight {
    private final ConcurrentMap<Backend, Integer> counts = new ConcurrentHashMap<>();
    private final ConcurrentMap<Backend, Integer> lasting = new ConcurrentHashMap<>();

    /** Counts an attempt, unless there are {@code most} already; exactly, whatever other threads do. */
    boolean tryEnter(Backend backend, int most) {
        return tryAdd(counts, backend, most);
    }

    /** Counts one that is there already in another form. */
    void enter(Backend backend) {
        counts.merge(backend, 1, Integer::sum);
    }

    void exit(Backend backend) {
        remove(counts, backend);
    }

    /** Counts an attempt as one that lasts, beside its place, unless such have half of {@code most} places already. */
    boolean tryLast(Backend backend, int most) {
        return tryAdd(lasting, backend, Math.max(1, most / 2));
    }

    void lastNoMore(Backend backend) {
        remove(lasting, backend);
    }

    int at(Backend backend) {
        return counts.getOrDefault(backend, 0);
    }

    private static boolean tryAdd(ConcurrentMap<Backend, Integer> counts, Backend backend, int most) {
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

    private static void remove(ConcurrentMap<Backend, Integer> counts, Backend backend) {
        counts.computeIfPresent(backend, (key, count) -> count == 1 ? null : count - 1);
    }
}
