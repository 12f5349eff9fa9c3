package dev.fanoutgateway.notify;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Priority;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayClock.Timer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one fingerprint since it was last told: counted, with samples. Guarded by the queue's lock.
 *
 * <p>A turn (trouble after recovery, recovery after trouble) is told at once, but only so many times until there has been
 * quiet for a whole window: something that flaps all day must not send mail all day.
 */
final class Window {
    /** Three outages and three recoveries. */
    static final int MOST_TURNS = 6;

    private static final int MOST_SAMPLES = 10;
    private static final int LONGEST_SAMPLE = 1_000;

    final String fingerprint;

    /** Ends this window; null before it is scheduled. */
    @Nullable
    Timer timer;

    private int turns;
    private boolean recovered;
    private Priority toldPriority = Priority.LOW;
    private long collapsed;
    private @Nullable DevMessage latest;
    private Priority priority = Priority.LOW;
    private Instant first = Instant.MAX;
    private Instant last = Instant.MIN;
    private final Set<String> samples = new LinkedHashSet<>();

    Window(String fingerprint) {
        this.fingerprint = fingerprint;
    }

    boolean hasCollapsed() {
        return collapsed > 0;
    }

    /** Whether {@code message} should be told at once rather than counted: it is the first, a turn, or a turn for the worse. */
    boolean isTurn(DevMessage message) {
        boolean turn = isRecovery(message) != recovered || message.priority().compareTo(toldPriority) > 0;
        return turns == 0 || (turn && turns < MOST_TURNS);
    }

    /** Notes {@code message} as told, and gives it what was counted before: a recovery says how bad it had become. */
    DevMessage tell(DevMessage message) {
        DevMessage told = message;
        if (collapsed > 0 && latest != null) {
            List<String> details = new ArrayList<>(message.details());
            details.add("before that %d more: %s (from %s to %s)".formatted(collapsed, latest.title(), first, last));
            details.addAll(samples);
            told = new DevMessage(
                    message.type(),
                    message.priority(),
                    fingerprint,
                    message.title(),
                    details,
                    message.first(),
                    message.last(),
                    message.count());
        }
        turns++;
        recovered = isRecovery(message);
        toldPriority = message.priority();
        clear();
        return told;
    }

    void collapse(DevMessage message) {
        collapsed += message.count();
        latest = message;
        priority = message.priority().compareTo(priority) > 0 ? message.priority() : priority;
        first = message.first().isBefore(first) ? message.first() : first;
        last = message.last().isAfter(last) ? message.last() : last;
        for (String detail : message.details()) {
            if (samples.size() >= MOST_SAMPLES) {
                return;
            }
            samples.add(detail.length() > LONGEST_SAMPLE ? detail.substring(0, LONGEST_SAMPLE) : detail);
        }
    }

    /** What was counted, as one message; null if nothing was. Counting starts again. */
    @Nullable
    DevMessage digest() {
        DevMessage message = latest;
        if (message == null) {
            return null;
        }
        DevMessage digest = new DevMessage(
                message.type(), priority, fingerprint, message.title(), List.copyOf(samples), first, last, collapsed);
        turns = Math.max(turns, 1);
        recovered = isRecovery(message);
        toldPriority = priority;
        clear();
        return digest;
    }

    private void clear() {
        collapsed = 0;
        latest = null;
        priority = Priority.LOW;
        first = Instant.MAX;
        last = Instant.MIN;
        samples.clear();
    }

    private static boolean isRecovery(DevMessage message) {
        return message.type() == Type.RECOVERED;
    }
}
