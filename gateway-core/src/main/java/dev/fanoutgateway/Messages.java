package dev.fanoutgateway;

import dev.fanoutgateway.notify.MessageQueue;
import dev.fanoutgateway.spi.DevMessage;
import java.util.function.Consumer;

/** Where every message to the developers passes: the observers see it, the queue delivers it. */
record Messages(MessageQueue queue, Observers observers) implements Consumer<DevMessage> {
    @Override
    public void accept(DevMessage message) {
        observers.message(message);
        queue.offer(message);
    }
}
