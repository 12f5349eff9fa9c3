package dev.fanoutgateway;

import dev.fanoutgateway.fanout.AttemptFields;
import dev.fanoutgateway.fanout.Fanout;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.RoutePace;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.ResponseAcceptor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Where calls run that are no request's: a fan-out and threads of their own, so that they take neither a thread nor a
 * backend's room from any, and nobody learns from them.
 */
record Aside(Fanout fanout, GatewayClock clock, Executor executor) {
    Fanout.Race start(
            FanoutStrategy strategy,
            List<Backend> candidates,
            GatewayRequest request,
            ResponseAcceptor acceptor,
            Duration timeout,
            long maxResponseBytes,
            AttemptFields fields) {
        return fanout.start(new Fanout.Plan(
                strategy,
                candidates,
                request,
                acceptor,
                clock.nanoTime() + timeout.toNanos(),
                timeout.toNanos(),
                maxResponseBytes,
                executor,
                fields,
                RoutePace.unlimited(),
                null,
                outcome -> {}));
    }
}
