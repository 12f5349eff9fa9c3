package dev.fanoutgateway.notify;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Priority;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.DevNotifier;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One {@link MessageQueue} for each target of a {@link RoutingNotifier}, so that a mail server that is down keeps nothing
 * from the log; for any other notifier just one. Whoever was told of trouble is told of its end, however low the priority
 * of that. Safe for use by any thread.
 */
public final class MessageQueues implements AutoCloseable {
    private final List<Lane> lanes;

    private MessageQueues(List<Lane> lanes) {
        this.lanes = lanes;
    }

    /** Queues before {@code notifier}; see {@link MessageQueue#MessageQueue} for the rest. */
    public static MessageQueues before(DevNotifier notifier, Duration digest, int capacity, GatewayClock clock) {
        List<RoutingNotifier.Target> targets = notifier instanceof RoutingNotifier routing
                ? routing.targets()
                : List.of(new RoutingNotifier.Target(Priority.LOW, notifier));
        return new MessageQueues(targets.stream()
                .map(target -> new Lane(
                        target.least(),
                        new MessageQueue(target.notifier(), digest, capacity, clock),
                        capacity,
                        new ConcurrentHashMap<>()))
                .toList());
    }

    /** Takes {@code message} for every target that it is meant for; returns at once. */
    public void offer(DevMessage message) {
        for (Lane lane : lanes) {
            if (lane.takes(message)) {
                lane.queue.offer(message);
            }
        }
    }

    /** Closes every queue, each with its flush. */
    @Override
    public void close() {
        for (Lane lane : lanes) {
            lane.queue.close();
        }
    }

    /**
     * The way to one target.
     *
     * @param told the fingerprints of the trouble it was told of and knows no end of
     */
    private record Lane(Priority least, MessageQueue queue, int capacity, Map<String, Boolean> told) {
        boolean takes(DevMessage message) {
            boolean urgent = message.priority().compareTo(least) >= 0;
            if (message.type() == Type.RECOVERED) {
                return told.remove(message.fingerprint()) != null || urgent;
            }
            if (urgent && told.size() < capacity) {
                told.put(message.fingerprint(), Boolean.TRUE);
            }
            return urgent;
        }
    }
}
