package dev.fanoutgateway;

import dev.fanoutgateway.spi.DevMessage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Tells of one thing's trouble when it begins and when it ends, and not each time in between. Safe for use by any thread. */
final class ToldOnce implements Consumer<DevMessage> {
    private final Consumer<DevMessage> messages;
    private final AtomicBoolean told = new AtomicBoolean();

    ToldOnce(Consumer<DevMessage> messages) {
        this.messages = messages;
    }

    @Override
    public void accept(DevMessage message) {
        if (told.getAndSet(message.type() != DevMessage.Type.RECOVERED)
                && message.type() != DevMessage.Type.RECOVERED) {
            return;
        }
        messages.accept(message);
    }
}
