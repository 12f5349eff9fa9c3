package dev.fanoutgateway;

import dev.fanoutgateway.fanout.Fanout;
import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.fanout.Roster;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector.Demand;
import dev.fanoutgateway.spi.BackendStatus;
import java.util.List;
import java.util.Optional;

/**
 * A backend group as the engine uses it: whom to ask for a request, and with what.
 *
 * @param group its configuration
 * @param roster knows how its backends are doing
 * @param paces know how its routes are doing
 * @param selectorGuard calls its selector
 * @param alerts tells of its failures
 */
record Upstream(BackendGroup group, Roster roster, Paces paces, Guarded selectorGuard, Alerts alerts) {

    Fanout.Plan plan(Admission admission, Fanout fanout) {
        Exchange exchange = admission.exchange();
        GatewayRequest forwarded = admission.forwarded();
        Route route = exchange.route();
        Demand demand = demand(admission);
        return new Fanout.Plan(
                route.strategy(),
                candidates(demand, fanout),
                outbound(forwarded, route),
                route.acceptor(),
                exchange.deadlineNanos(),
                route.attemptTimeout().toNanos(),
                route.maxResponseBytes(),
                exchange.thread().first(),
                route.attemptFields(),
                paces.of(route),
                roster,
                outcome -> learn(demand, outcome));
    }

    /** {@code result} with what is left of the budget, where that is of interest. */
    FanoutResult accounted(Admission admission, FanoutResult result) {
        boolean exempt = result.race().delayNanos() == 0; // all were asked at once
        boolean explained = result.response() == null || Explain.inFull(admission.exchange(), admission.grant());
        return exempt || !explained
                ? result
                : result.budget(paces.of(admission.exchange().route()).budget());
    }

    /** The place of {@code backend} in the group's list, from 1; 0 if it is not in it. */
    int ordinal(Backend backend) {
        return group.backends().indexOf(backend) + 1;
    }

    /** What is wanted, without anything of ours. */
    static Demand demand(Admission admission) {
        return new Demand(
                admission.forwarded(),
                admission.exchange().route().pattern().toString(),
                Optional.ofNullable(admission.grant().caller()));
    }

    /** Tells the selector what became of an attempt. */
    private void learn(Demand demand, AttemptOutcome outcome) {
        selectorGuard.now(
                () -> {
                    group.selector().onOutcome(demand, outcome);
                    return Boolean.TRUE;
                },
                failure -> Boolean.FALSE);
    }

    private List<Backend> candidates(Demand demand, Fanout fanout) {
        List<BackendStatus> statuses = List.copyOf(roster.statuses(fanout::inFlight));
        List<Backend> chosen =
                selectorGuard.now(() -> ours(group.selector().plan(demand, statuses)), failure -> group.backends());
        return chosen.isEmpty() ? group.backends() : chosen;
    }

    /** All that are in good health, whatever the selector says. */
    List<Backend> well(Fanout fanout) {
        return roster.statuses(fanout::inFlight).stream()
                .filter(BackendStatus::available)
                .map(BackendStatus::backend)
                .toList();
    }

    /** The same in the selector's order. */
    List<Backend> wellCandidates(Demand demand, Fanout fanout) {
        List<Backend> well = well(fanout);
        return candidates(demand, fanout).stream().filter(well::contains).toList();
    }

    /** A copy, since the list is a stranger's. Nobody else than the group is ever asked. */
    private List<Backend> ours(List<Backend> chosen) {
        List<Backend> copy = List.copyOf(chosen);
        if (!group.backends().containsAll(copy)) {
            throw new IllegalArgumentException("expected backends of group '" + group.name() + "' only, got another");
        }
        return copy;
    }

    /** What a route sends. Answers that are combined have to be whole. */
    private GatewayRequest outbound(GatewayRequest forwarded, Route route) {
        boolean combined = route.strategy().combiner() != null && Whole.isSafe(forwarded);
        return outbound(
                combined ? Whole.wanted(forwarded) : forwarded,
                combined || route.acceptor().needsBody());
    }

    /**
     * What is sent: the group's own fields in place of the client's.
     *
     * @param readable whether the answer has to be in an encoding that the gateway can read
     */
    GatewayRequest outbound(GatewayRequest forwarded, boolean readable) {
        if (group.headers().size() == 0 && !readable) {
            return forwarded;
        }
        Headers.Builder headers = forwarded.headers().toBuilder();
        if (readable) {
            headers.set("Accept-Encoding", "identity");
        }
        group.headers().forEach((name, value) -> headers.remove(name));
        headers.addAll(group.headers());
        return forwarded.withHeaders(headers.build());
    }
}
