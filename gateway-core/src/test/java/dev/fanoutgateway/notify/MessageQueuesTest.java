package dev.fanoutgateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Priority;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.DevNotifier;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MessageQueuesTest {
    private final FakeClock clock = new FakeClock();
    private final List<String> log = new ArrayList<>();
    private final List<String> mail = new ArrayList<>();

    @Test
    void aMailServerThatIsDownKeepsNothingFromTheLog() {
        DevNotifier down = message -> CompletableFuture.failedFuture(new IllegalStateException("no mail server"));
        try (MessageQueues queues = queues(into(log), Priority.LOW, down)) {
            queues.offer(message(Type.RESOURCE_ABSENT, "a"));
            clock.runDue();
            queues.offer(message(Type.BACKENDS_DOWN, "b"));
            clock.runDue();

            assertThat(log).containsExactly("RESOURCE_ABSENT a", "BACKENDS_DOWN b");
        }
    }

    @Test
    void aMailServerThatHangsKeepsNothingFromTheLog() {
        try (MessageQueues queues = queues(into(log), Priority.LOW, message -> new CompletableFuture<>())) {
            queues.offer(message(Type.RESOURCE_ABSENT, "a"));
            queues.offer(message(Type.BACKENDS_DOWN, "b"));
            clock.runDue();

            assertThat(log).containsExactly("RESOURCE_ABSENT a", "BACKENDS_DOWN b");
            clock.advance(Duration.ofMinutes(10)); // the hanging deliveries are given up, so that closing need not wait
        }
    }

    @Test
    void eachTargetGetsWhatIsUrgentEnoughForIt() {
        try (MessageQueues queues = queues(into(log), Priority.HIGH, into(mail))) {
            queues.offer(message(Type.RESOURCE_ABSENT, "a"));
            queues.offer(message(Type.PLUGIN_FAILED, "b"));
            clock.runDue();

            assertThat(log).containsExactly("RESOURCE_ABSENT a", "PLUGIN_FAILED b");
            assertThat(mail).containsExactly("PLUGIN_FAILED b");
        }
    }

    @Test
    void whoeverWasToldOfTroubleIsToldOfItsEndAndNobodyElse() {
        try (MessageQueues queues = queues(into(log), Priority.HIGH, into(mail))) {
            queues.offer(message(Type.BACKENDS_DOWN, "told"));
            clock.runDue();
            queues.offer(message(Type.RECOVERED, "told"));
            queues.offer(message(Type.RECOVERED, "never told"));
            clock.runDue();

            assertThat(mail).containsExactly("BACKENDS_DOWN told", "RECOVERED told");
        }
    }

    private MessageQueues queues(DevNotifier first, Priority least, DevNotifier second) {
        RoutingNotifier both =
                RoutingNotifier.builder().to(first).to(least, second).build();
        return MessageQueues.before(both, Duration.ofMinutes(5), 100, clock);
    }

    private static DevNotifier into(List<String> told) {
        return message -> {
            told.add(message.type() + " " + message.fingerprint());
            return CompletableFuture.completedFuture(null);
        };
    }

    private static DevMessage message(Type type, String fingerprint) {
        return DevMessage.of(type, fingerprint, "title", List.of(), Instant.EPOCH);
    }
}
