package dev.fanoutgateway.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Priority;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageQueueTest {
    private static final Duration DIGEST = Duration.ofMinutes(5);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final FakeClock clock = new FakeClock(START);
    private final Recorder recorder = new Recorder();
    private final MessageQueue queue = new MessageQueue(recorder, DIGEST, 100, clock);

    @Test
    void theFirstIsToldAtOnceAndNotOnTheCallersThread() {
        queue.offer(trouble("a", "down"));
        assertThat(recorder.given()).isEmpty();

        clock.runDue();

        assertThat(recorder.titles()).containsExactly("down");
        assertThat(recorder.given().get(0).count()).isOne();
    }

    @Test
    void aStormOfAThousandIsOneMessageAndOneDigest() {
        for (int i = 0; i < 1_000; i++) {
            Instant now = Instant.ofEpochMilli(clock.currentTimeMillis());
            queue.offer(DevMessage.of(Type.BACKENDS_DOWN, "a", "down", List.of("backend " + i % 30), now));
            clock.advance(Duration.ofMillis(100));
        }
        assertThat(recorder.given()).hasSize(1);

        clock.advance(DIGEST);

        assertThat(recorder.given()).hasSize(2);
        DevMessage digest = recorder.given().get(1);
        assertThat(digest.count()).isEqualTo(999);
        assertThat(digest.first()).isEqualTo(START.plusMillis(100));
        assertThat(digest.last()).isEqualTo(START.plusMillis(99_900));
        assertThat(digest.details()).hasSize(10).doesNotHaveDuplicates().startsWith("backend 1", "backend 2");
        assertThat(digest.priority()).isEqualTo(Priority.CRITICAL);
        assertThat(digest.fingerprint()).isEqualTo("a");
    }

    @Test
    void whatIsOnlyCountedWakesNobody() {
        queue.offer(trouble("a", "down"));
        clock.runDue();
        int pending = clock.pending();

        queue.offer(trouble("a", "down"));

        assertThat(clock.pending()).as("tasks of the clock's threads").isEqualTo(pending);
    }

    @Test
    void oneAloneMakesNoDigestAndIsForgotten() {
        queue.offer(trouble("a", "down"));
        clock.advance(DIGEST);
        assertThat(recorder.given()).hasSize(1);
        assertThat(clock.pending()).isZero();

        queue.offer(trouble("a", "down again"));
        clock.runDue();

        assertThat(recorder.titles()).containsExactly("down", "down again");
    }

    @Test
    void troubleThatGoesOnIsToldOncePerDigestTime() {
        for (int second = 0; second < 3_600; second++) {
            queue.offer(trouble("a", "down"));
            clock.advance(Duration.ofSeconds(1));
        }
        clock.advance(DIGEST);

        assertThat(recorder.given()).hasSize(13);
        assertThat(recorder.total()).isEqualTo(3_600);
    }

    @Test
    void differentFingerprintsAreToldApart() {
        queue.offer(trouble("a", "a down"));
        queue.offer(trouble("b", "b down"));
        queue.offer(trouble("a", "a down"));
        clock.runDue();

        assertThat(recorder.titles()).containsExactly("a down", "b down");
    }

    @Test
    void countsOfMessagesThatStandForSeveralAreAdded() {
        queue.offer(trouble("a", "down"));
        queue.offer(trouble("a", "down").repeated(40, START.plusSeconds(9)));
        queue.offer(trouble("a", "down").repeated(2, START.plusSeconds(3)));
        clock.advance(DIGEST);

        assertThat(recorder.given().get(1).count()).isEqualTo(42);
        assertThat(recorder.given().get(1).last()).isEqualTo(START.plusSeconds(9));
    }

    @Test
    void recoveryIsToldAtOnceWithWhatHadBeenCounted() {
        queue.offer(trouble("a", "down"));
        queue.offer(trouble("a", "down", "x"));
        queue.offer(trouble("a", "down", "y"));
        queue.offer(recovery("a"));
        clock.runDue();

        assertThat(recorder.titles()).containsExactly("down", "works again");
        assertThat(recorder.given().get(1).details())
                .containsExactly("before that 2 more: down (from " + START + " to " + START + ")", "x", "y");
        clock.advance(DIGEST.multipliedBy(3));
        assertThat(recorder.given()).hasSize(2);
    }

    @Test
    void aNewOutageAfterARecoveryIsToldAtOnceAndHasAWindowOfItsOwn() {
        queue.offer(trouble("a", "down"));
        clock.advance(Duration.ofMinutes(4));
        queue.offer(recovery("a"));
        queue.offer(trouble("a", "down again"));
        queue.offer(trouble("a", "down again"));
        clock.advance(Duration.ofMinutes(4));
        assertThat(recorder.titles()).containsExactly("down", "works again", "down again");

        clock.advance(Duration.ofMinutes(1));

        assertThat(recorder.given()).hasSize(4);
        assertThat(recorder.total()).isEqualTo(4);
    }

    @Test
    void recoveryWithoutKnownTroubleIsToldOnce() {
        queue.offer(recovery("a"));
        queue.offer(recovery("a"));
        clock.advance(DIGEST);

        assertThat(recorder.given()).extracting(DevMessage::count).containsExactly(1L, 1L);
    }

    @Test
    void whatFlapsIsNotToldEveryTime() {
        for (int second = 0; second < 600; second++) {
            queue.offer(second % 2 == 0 ? trouble("a", "down") : recovery("a"));
            clock.advance(Duration.ofSeconds(1));
        }
        clock.advance(DIGEST);

        assertThat(recorder.given().size()).isLessThanOrEqualTo(6 + 3);
        assertThat(recorder.given().get(recorder.given().size() - 1).type()).isEqualTo(Type.RECOVERED);
        assertThat(recorder.total()).isEqualTo(600);
    }

    @Test
    void tooManyDifferentOnesAreCountedAndToldAsOne() {
        for (int i = 0; i < 1_000; i++) {
            queue.offer(new DevMessage(
                    Type.RESOURCE_ABSENT,
                    i == 500 ? Priority.HIGH : Priority.LOW,
                    "absent:" + i,
                    "nobody has " + i,
                    List.of(),
                    START,
                    START,
                    1));
        }
        clock.runDue();
        assertThat(recorder.given()).hasSize(100);

        clock.advance(DIGEST);

        assertThat(recorder.given()).hasSize(101);
        DevMessage overflow = recorder.given().get(100);
        assertThat(overflow.count()).isEqualTo(900);
        assertThat(overflow.type()).isEqualTo(Type.PLUGIN_FAILED);
        assertThat(overflow.priority()).isEqualTo(Priority.HIGH);
        assertThat(overflow.details()).hasSize(10).startsWith("nobody has 100", "nobody has 101");
        clock.advance(DIGEST.multipliedBy(2));
        assertThat(clock.pending()).isZero();
        queue.offer(trouble("new", "down"));
        clock.runDue();
        assertThat(recorder.titles()).endsWith("down");
    }

    @Test
    void nothingIsLostWhileTheQueueIsFull() {
        Recorder slow = new Recorder();
        for (int i = 0; i < 4; i++) {
            slow.thenFail();
        }
        try (MessageQueue small = new MessageQueue(slow, DIGEST, 2, clock)) {
            small.offer(trouble("a", "a down"));
            clock.runDue();
            small.offer(recovery("a"));
            small.offer(trouble("a", "a down again"));
            small.offer(recovery("a"));
            small.offer(trouble("b", "b down"));
            small.offer(trouble("c", "c down"));
            clock.advance(DIGEST.multipliedBy(4));

            assertThat(slow.given().stream()
                            .skip(4)
                            .mapToLong(DevMessage::count)
                            .sum())
                    .isEqualTo(5);
            assertThat(slow.titles()).contains("b down", "Too many different messages at once: some were counted only");
        }
    }

    @Test
    void limitsOfTheQueueAreChecked() {
        for (Duration digest : List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofDays(32))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new MessageQueue(recorder, digest, 1, clock))
                    .withMessageContaining(digest.toString());
        }
        for (int capacity : new int[] {0, -1, 1_000_001}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new MessageQueue(recorder, DIGEST, capacity, clock));
        }
    }

    static DevMessage trouble(String fingerprint, String title, String... details) {
        return DevMessage.of(Type.BACKENDS_DOWN, fingerprint, title, List.of(details), START);
    }

    static DevMessage recovery(String fingerprint) {
        return DevMessage.of(Type.RECOVERED, fingerprint, "works again", List.of(), START);
    }
}
