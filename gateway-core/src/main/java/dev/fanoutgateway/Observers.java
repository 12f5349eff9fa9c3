package dev.fanoutgateway;

import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.ComparisonRecord;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.GatewayObserver;
import dev.fanoutgateway.spi.RequestRecord;
import dev.fanoutgateway.spi.ShadowRecord;
import dev.fanoutgateway.spi.StrategyStep;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All observers as one; one that throws is logged and disturbs nobody. */
final class Observers {
    private static final Logger LOG = LoggerFactory.getLogger(FanoutGateway.class);

    private final List<GatewayObserver> observers;

    Observers(List<GatewayObserver> observers) {
        this.observers = List.copyOf(observers);
    }

    void request(RequestRecord request) {
        each(observer -> observer.onRequest(request));
    }

    void attempt(AttemptOutcome outcome) {
        each(observer -> observer.onAttempt(outcome));
    }

    void message(DevMessage message) {
        each(observer -> observer.onMessage(message));
    }

    void shadow(ShadowRecord copy) {
        each(observer -> observer.onShadow(copy));
    }

    void comparison(ComparisonRecord comparison) {
        each(observer -> observer.onComparison(comparison));
    }

    void strategyStep(StrategyStep step) {
        each(observer -> observer.onStrategyStep(step));
    }

    private void each(Consumer<GatewayObserver> event) {
        for (GatewayObserver observer : observers) {
            try {
                event.accept(observer);
            } catch (Throwable thrown) {
                LOG.warn("an observer failed: {}", thrown.getClass().getName());
            }
        }
    }
}
