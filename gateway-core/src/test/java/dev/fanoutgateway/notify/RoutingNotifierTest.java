package dev.fanoutgateway.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Priority;
import dev.fanoutgateway.spi.DevMessage.Type;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class RoutingNotifierTest {
    private final Recorder log = new Recorder();
    private final Recorder mail = new Recorder();
    private final RoutingNotifier router =
            RoutingNotifier.builder().to(log).to(Priority.HIGH, mail).build();

    @Test
    void eachGetsWhatIsUrgentEnough() {
        for (Priority priority : Priority.values()) {
            router.notify(message(priority)).toCompletableFuture().join();
        }

        assertThat(log.given()).extracting(DevMessage::priority).containsExactly(Priority.values());
        assertThat(mail.given()).extracting(DevMessage::priority).containsExactly(Priority.HIGH, Priority.CRITICAL);
    }

    @Test
    void nobodyToTellIsASuccess() {
        RoutingNotifier onlyMail =
                RoutingNotifier.builder().to(Priority.CRITICAL, mail).build();

        assertThat(onlyMail.notify(message(Priority.HIGH))).isCompleted();
    }

    @Test
    void allAreTriedAndTheStageFailsIfAnyFailed() {
        Recorder third = new Recorder();
        log.then(() -> {
            throw new IllegalStateException("disk full");
        });
        mail.then(() -> null);
        RoutingNotifier three =
                RoutingNotifier.builder().to(log).to(mail).to(third).build();

        CompletableFuture<Void> result = three.notify(message(Priority.LOW)).toCompletableFuture();

        assertThat(third.given()).hasSize(1);
        assertThat(failureOf(result))
                .hasMessage("2 of 3 notifiers failed, the first with java.lang.IllegalStateException: disk full");
        assertThat(failureOf(result).getSuppressed()).hasSize(2);
    }

    @Test
    void aRetryGoesOnlyToThoseThatFailed() {
        mail.thenFail().thenFail();
        DevMessage message = message(Priority.HIGH);

        assertThat(router.notify(message)).isCompletedExceptionally();
        assertThat(router.notify(message)).isCompletedExceptionally();
        assertThat(router.notify(message)).isCompleted();
        assertThat(log.given()).hasSize(1);
        assertThat(mail.given()).hasSize(3);

        assertThat(router.notify(message)).isCompleted();
        assertThat(log.given()).hasSize(2);
    }

    @Test
    void anEqualMessageIsNoRetry() {
        mail.thenFail();

        assertThat(router.notify(message(Priority.HIGH))).isCompletedExceptionally();
        assertThat(router.notify(message(Priority.HIGH))).isCompleted();
        assertThat(log.given()).hasSize(2);
    }

    @Test
    void theStageWaitsForTheSlowest() {
        CompletableFuture<Void> slow = new CompletableFuture<>();
        mail.then(() -> slow);

        CompletableFuture<Void> result = router.notify(message(Priority.HIGH)).toCompletableFuture();

        assertThat(result).isNotDone();
        slow.complete(null);
        assertThat(result).isCompleted();
    }

    @Test
    void aBuilderWithoutNotifiersIsRefusedAndLaterCallsChangeNothing() {
        assertThatIllegalStateException()
                .isThrownBy(() -> RoutingNotifier.builder().build());
        RoutingNotifier.Builder builder = RoutingNotifier.builder().to(log);
        RoutingNotifier built = builder.build();
        builder.to(mail);

        built.notify(message(Priority.HIGH));

        assertThat(mail.given()).isEmpty();
    }

    private static DevMessage message(Priority priority) {
        Instant now = Instant.EPOCH;
        return new DevMessage(Type.PLUGIN_FAILED, priority, "f", "t", List.of(), now, now, 1);
    }

    private static Throwable failureOf(CompletableFuture<Void> result) {
        Throwable failure = result.handle((ignored, thrown) -> thrown).join();
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }
}
