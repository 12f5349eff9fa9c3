package dev.fanoutgateway;

import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.fanout.Roster;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Turns what became of a group's fan-outs into messages. Fingerprints name the group or route, never the path: a thousand
 * different resources that nobody has are one message with a count.
 */
final class Alerts {
    private final BackendGroup group;
    private final Supplier<Roster> roster;
    private final GatewayClock clock;
    private final Consumer<DevMessage> messages;
    private final Trouble trouble;

    /** @param roster the group's latest */
    Alerts(BackendGroup group, Supplier<Roster> roster, GatewayClock clock, Consumer<DevMessage> messages) {
        this.group = group;
        this.roster = roster;
        this.clock = clock;
        this.messages = messages;
        trouble = new Trouble("the backend group '" + group.name() + "'", "backends:" + group.name(), clock, messages);
    }

    /** Tells of {@code result}, once for each flight. */
    void report(Route route, GatewayRequest request, FanoutResult result) {
        switch (result.cause()) {
            case ACCEPTED, FINAL, UNCOMBINED -> trouble.succeeded();
            case ABSENT -> {
                trouble.succeeded(); // everybody asked has answered properly
                messages.accept(DevMessage.of(
                        Type.RESOURCE_ABSENT,
                        "absent:" + route,
                        "no backend of group '" + group.name() + "' has a resource of route " + route,
                        details(request, result),
                        Instant.ofEpochMilli(clock.currentTimeMillis())));
            }
            case BROKEN, UNAVAILABLE, INCOMPLETE, TOO_FEW, LATE -> failed(route, request, result);
            case CANCELLED -> {}
        }
    }

    private void failed(Route route, GatewayRequest request, FanoutResult result) {
        if (!result.attempts().isEmpty() && result.attempts().stream().allMatch(Alerts::hadNoRoom)) {
            trouble.failed(
                    Type.OVERLOADED,
                    somebodyLeft(attempt -> true, result)
                            ? "a backend of group '" + group.name() + "' is busy, and no other was asked"
                            : "all backends of group '" + group.name() + "' are busy",
                    details(request, result));
            return;
        }
        if (rejectedByAll(result)) {
            trouble.succeeded();
            messages.accept(DevMessage.of(
                    Type.REQUEST_REJECTED,
                    "rejected:" + route,
                    "whoever was asked of group '" + group.name() + "' rejects a request of route " + route,
                    details(request, result),
                    Instant.ofEpochMilli(clock.currentTimeMillis())));
            return;
        }
        boolean tooFew = result.attempts().stream().anyMatch(attempt -> attempt.result() == AttemptOutcome.Result.LOST);
        boolean somebodyAnswered = tooFew || result.attempts().stream().anyMatch(AttemptOutcome::isSignOfLife);
        if (somebodyAnswered || somebodyLeft(Alerts::tells, result)) {
            trouble.failed(
                    Type.BACKENDS_DEGRADED,
                    "backends of group '" + group.name() + "' failed, and " + (tooFew ? "too few others" : "no other")
                            + " had an answer",
                    details(request, result));
        } else {
            trouble.failed(
                    Type.BACKENDS_DOWN,
                    "all backends of group '" + group.name() + "' failed",
                    details(request, result));
        }
    }

    /**
     * Whether all are well, and the caller or the route is the one to blame: nobody shall be able to page the developers by
     * that.
     */
    private static boolean rejectedByAll(FanoutResult result) {
        return result.cause() == FanoutResult.Cause.BROKEN
                && result.attempts().stream().allMatch(AttemptOutcome::isSignOfLife);
    }

    /** Whether it says something of its backend: one that had no room says nothing, nor one that was cut. */
    private static boolean tells(AttemptOutcome attempt) {
        return !hadNoRoom(attempt) && attempt.result() != AttemptOutcome.Result.CANCELLED;
    }

    private static boolean hadNoRoom(AttemptOutcome attempt) {
        return attempt.detail().equals(AttemptOutcome.NO_ROOM) && !attempt.wasMade();
    }

    /** Whether a backend that is well, as far as is known, has no attempt that {@code counts}. */
    private boolean somebodyLeft(Predicate<AttemptOutcome> counts, FanoutResult result) {
        Roster now = roster.get();
        return now.backends().stream()
                .filter(now::isInGoodHealth)
                .anyMatch(backend -> result.attempts().stream()
                        .noneMatch(attempt -> backend.equals(attempt.backend()) && counts.test(attempt)));
    }

    private static List<String> details(GatewayRequest request, FanoutResult result) {
        List<String> lines = result.race().lines();
        lines.set(0, request + " -> " + lines.get(0));
        return lines;
    }
}
