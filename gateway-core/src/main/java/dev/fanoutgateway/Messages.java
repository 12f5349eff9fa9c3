package dev.fanoutgateway;

import dev.fanoutgateway.notify.MessageQueues;
import dev.fanoutgateway.spi.DevMessage;
import java.util.function.Consumer;

/** Where every message to the developers passes: the observers see it, the queues deliver it. */
record Messages(MessageQueues queues, Observers observers) implements Consumer<DevMessage> {
    @Override
    public void accept(DevMessage message) {
        observers.message(message);
        queues.offer(message);
    }
}
