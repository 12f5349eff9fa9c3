package dev.fanoutgateway;

import dev.fanoutgateway.fanout.Fanout;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.spi.ResponseAcceptor;
import java.util.List;

/**
 * A backend group as the engine uses it: whom to ask for a request, and with what.
 *
 * @param group its configuration
 * @param selectorGuard calls its selector
 * @param alerts tells of its failures
 */
record Upstream(BackendGroup group, Guarded selectorGuard, Alerts alerts) {

    Fanout.Plan plan(Exchange exchange, GatewayRequest forwarded, Fanout fanout) {
        Route route = exchange.route();
        return new Fanout.Plan(
                route.strategy(),
                candidates(forwarded, fanout),
                outbound(forwarded, route.acceptor()),
                route.acceptor(),
                exchange.deadlineNanos(),
                route.attemptTimeout().toNanos(),
                route.maxResponseBytes(),
                exchange.thread().first());
    }

    /** Tells the selector what became of an attempt. */
    void learn(AttemptOutcome outcome) {
        selectorGuard.now(
                () -> {
                    group.selector().onOutcome(outcome);
                    return Boolean.TRUE;
                },
                failure -> Boolean.FALSE);
    }

    private List<Backend> candidates(GatewayRequest forwarded, Fanout fanout) {
        List<BackendStatus> statuses = group.backends().stream()
                .map(backend -> new BackendStatus(backend, fanout.inFlight(backend), true))
                .toList();
        List<Backend> chosen =
                selectorGuard.now(() -> ours(group.selector().plan(forwarded, statuses)), failure -> group.backends());
        return chosen.isEmpty() ? group.backends() : chosen;
    }

    /** A copy, since the list is a stranger's. Nobody else than the group is ever asked. */
    private List<Backend> ours(List<Backend> chosen) {
        List<Backend> copy = List.copyOf(chosen);
        if (!group.backends().containsAll(copy)) {
            throw new IllegalArgumentException("expected backends of group '" + group.name() + "' only, got another");
        }
        return copy;
    }

    /** What is sent: the group's own fields in place of the client's, and an encoding that the acceptor can read. */
    private GatewayRequest outbound(GatewayRequest forwarded, ResponseAcceptor acceptor) {
        if (group.headers().size() == 0 && !acceptor.needsBody()) {
            return forwarded;
        }
        Headers.Builder headers = forwarded.headers().toBuilder();
        if (acceptor.needsBody()) {
            headers.set("Accept-Encoding", "identity");
        }
        group.headers().forEach((name, value) -> headers.remove(name));
        headers.addAll(group.headers());
        return forwarded.withHeaders(headers.build());
    }
}
