package dev.fanoutgateway;

import dev.fanoutgateway.fanout.JsonPaths;
import java.time.Duration;

/**
 * Compares what replicas answer to the same request, now and then, and tells the developers who differs, and where. Immutable:
 * each method gives a changed copy.
 *
 * <p>For a GET that is taken, every replica in good health is asked once more, with the same request and the field {@code
 * X-Shadow: comparison}, on threads of its own: the request neither waits for that nor learns of it, and neither alerts nor
 * ejection, selectors or budgets do. So it costs one call to each replica; the {@link Sample} bounds that. Statuses are
 * compared, and JSON: not its white space, nor the order of members, nor how a number is written. Other content is compared
 * byte by byte. Failures, 429 and 5xx are no answers here. Where answers differ the replicas are asked again after a while, so
 * that data that is just changing is not taken for drift.
 *
 * <p>Told are a path's members, with {@code *} for the index of an element, and never values. Where the names of members are
 * themselves data (account numbers, say), ignore what contains them.
 *
 * @param sample which requests are compared
 * @param ignored what may differ
 * @param maxBodyBytes of answers that are longer none is compared, 1 byte to 16 MiB
 * @param timeout how long the replicas have to answer, 1 ms to 5 min
 * @param confirmAfter when they are asked again, zero (they are not) to 5 min
 */
public record DivergenceCheck(
        Sample sample, JsonPaths ignored, long maxBodyBytes, Duration timeout, Duration confirmAfter) {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    public DivergenceCheck {
        if (maxBodyBytes < 1 || maxBodyBytes > 16L << 20) {
            throw new IllegalArgumentException("expected a body limit of 1 byte to 16 MiB, got " + maxBodyBytes);
        }
        Shadow.checkTimeout(timeout);
        if (confirmAfter.isNegative() || confirmAfter.compareTo(LONGEST_PAUSE) > 0) {
            throw new IllegalArgumentException("expected to ask again after 0 to 5 min, got " + confirmAfter);
        }
    }

    /** Compares these, everything in them, up to 256 KiB each, within 10 s, and again after 1 s. */
    public static DivergenceCheck of(Sample sample) {
        return new DivergenceCheck(sample, JsonPaths.none(), 256L << 10, Duration.ofSeconds(10), Duration.ofSeconds(1));
    }

    /** This check without what stands at these places; see {@link JsonPaths#of}. */
    public DivergenceCheck ignoring(String... pointers) {
        return new DivergenceCheck(sample, JsonPaths.of(pointers), maxBodyBytes, timeout, confirmAfter);
    }

    /** This check for answers up to this length, 1 byte to 16 MiB. */
    public DivergenceCheck maxBodyBytes(long bytes) {
        return new DivergenceCheck(sample, ignored, bytes, timeout, confirmAfter);
    }

    /** This check with another timeout, 1 ms to 5 min. */
    public DivergenceCheck timeout(Duration each) {
        return new DivergenceCheck(sample, ignored, maxBodyBytes, each, confirmAfter);
    }

    /** This check, asking again after another pause; zero for never. */
    public DivergenceCheck confirmAfter(Duration pause) {
        return new DivergenceCheck(sample, ignored, maxBodyBytes, timeout, pause);
    }
}
