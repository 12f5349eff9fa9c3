package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** What a roster tells the developers. */
record RosterNews(Consumer<DevMessage> messages, GatewayClock clock) {
    private static final String EJECTED = "ejected";
    private static final String HEALTH = "health";

    void ejected(Replica replica, String title, String detail) {
        tell(Type.BACKEND_EJECTED, EJECTED, replica, title, List.of(detail));
    }

    void answersAgain(Replica replica) {
        tell(Type.RECOVERED, EJECTED, replica, replica + " answers again", List.of());
    }

    void fails(Replica replica, String detail) {
        List<String> details = detail.isEmpty() ? List.of() : List.of(detail);
        tell(Type.BACKEND_EJECTED, HEALTH, replica, replica + " fails its health checks", details);
    }

    void passesAgain(Replica replica) {
        tell(Type.RECOVERED, HEALTH, replica, replica + " passes its health checks again", List.of());
    }

    /** It is not in its group any more: the trouble that was told is over. */
    void left(Replica replica, boolean wasEjected, boolean wasDown) {
        if (wasEjected) {
            tell(Type.RECOVERED, EJECTED, replica, replica + " was ejected, and has left", List.of());
        }
        if (wasDown) {
            tell(Type.RECOVERED, HEALTH, replica, replica + " failed its health checks, and has left", List.of());
        }
    }

    private void tell(Type type, String trouble, Replica replica, String title, List<String> details) {
        Backend backend = replica.backend;
        messages.accept(DevMessage.of(
                type,
                trouble + ":" + backend.group() + ":" + backend.id(),
                title,
                details,
                Instant.ofEpochMilli(clock.currentTimeMillis())));
    }
}
