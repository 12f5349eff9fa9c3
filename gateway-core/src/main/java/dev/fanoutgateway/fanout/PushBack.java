package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * The backends that asked for a pause: by {@code Retry-After} (RFC 9110 section 10.2.3) on a 429 or 503. A pause lasts as
 * long as asked, 30 s at most, so that no backend can shut itself out for longer by one field. Safe for use by any thread.
 */
final class PushBack {
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);
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

    /** Looks whether an answer asks for a pause. The longest pause asked for holds. */
    void heed(Backend backend, GatewayResponse response) {
        if (response.status() != 503 && response.status() != 429) {
            return;
        }
        long pause = response.headers().first("Retry-After").map(this::nanos).orElse(0L);
        if (pause > 0) {
            long now = clock.nanoTime();
            ends.values().removeIf(end -> end - now <= 0); // those of backends that have left are not looked at again
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
            long until = ZonedDateTime.parse(text, HTTP_DATE).toInstant().toEpochMilli();
            long millis = Math.min(until - clock.currentTimeMillis(), TimeUnit.NANOSECONDS.toMillis(LONGEST_NANOS));
            return TimeUnit.MILLISECONDS.toNanos(Math.max(0, millis));
        } catch (DateTimeException malformed) {
            return 0;
        }
    }
}
