package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * The backends that asked for a pause: by {@code Retry-After} (RFC 9110 section 10.2.3) on a 503. One on a 429 speaks of
 * one caller, and others must not wait for that. A pause lasts as long as asked, 30 s at most, so that no backend can shut
 * itself out for longer by one field; and no more than half of those who might be asked have one at a time, so that one
 * request that none of them can bear does not take the group away from all others. Safe for use by any thread.
 */
final class PushBack {
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final Duration LONGEST = Duration.ofNanos(LONGEST_NANOS);
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss zzz", Locale.ENGLISH);

    private final GatewayClock clock;
    private final ConcurrentMap<Backend, Long> ends = new ConcurrentHashMap<>();

    PushBack(GatewayClock clock) {
        this.clock = clock;
    }

    /** Whether nobody has asked for a pause lately. */
    boolean isEmpty() {
        return ends.isEmpty();
    }

    /** How long {@code backend} is to be left alone, in nanoseconds; 0 if it is not. */
    long leftNanos(Backend backend) {
        Long end = ends.get(backend);
        if (end == null) {
            return 0;
        }
        long left = end - clock.nanoTime();
        if (left <= 0) {
            ends.remove(backend, end);
        }
        return Math.max(0, left);
    }

    int size() {
        return ends.size();
    }

    /** A backend has left its group. */
    void forget(Backend backend) {
        ends.remove(backend);
    }

    /**
     * Looks whether an answer asks for a pause. The longest pause asked for holds.
     *
     * @param group who else might have been asked
     */
    void heed(Backend backend, GatewayResponse response, List<Backend> group) {
        if (response.status() != 503) {
            return;
        }
        long pause = response.headers().first("Retry-After").map(this::nanos).orElse(0L);
        if (pause > 0) {
            long now = clock.nanoTime();
            ends.values().removeIf(end -> end - now <= 0); // those of backends that have left are not looked at again
            long others = group.stream()
                    .filter(other -> !other.equals(backend) && ends.containsKey(other))
                    .count();
            if (group.size() > 1 && others + 1 > group.size() / 2) {
                return;
            }
            ends.merge(backend, now + pause, (one, other) -> one - other > 0 ? one : other);
        }
    }

    private long nanos(String retryAfter) {
        String text = retryAfter.trim();
        if (text.matches("\\d+")) {
            return text.length() > 9
                    ? LONGEST_NANOS
                    : Math.min(TimeUnit.SECONDS.toNanos(Long.parseLong(text)), LONGEST_NANOS);
        }
        try {
            Instant now = Instant.ofEpochMilli(clock.currentTimeMillis());
            Duration left = Duration.between(now, ZonedDateTime.parse(text, HTTP_DATE));
            return left.isNegative() ? 0 : left.compareTo(LONGEST) > 0 ? LONGEST_NANOS : left.toNanos();
        } catch (DateTimeException | ArithmeticException malformed) {
            return 0;
        }
    }
}
