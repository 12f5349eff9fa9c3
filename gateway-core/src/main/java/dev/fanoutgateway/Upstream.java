package dev.fanoutgateway;

import dev.fanoutgateway.fanout.Fanout;
import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.fanout.Roster;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.HopByHop;
import dev.fanoutgateway.relay.Outbound;
import dev.fanoutgateway.relay.Passage;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector.Demand;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.ResponseAcceptor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A backend group as the engine uses it: whom to ask for a request, and with what.
 *
 * @param group its configuration
 * @param passage what its requests are sent with as an intermediary's
 * @param members its backends as they are now, and how they are doing
 * @param paces know how its routes are doing
 * @param selectorGuard calls its selector
 * @param alerts tells of its failures
 */
record Upstream(
        BackendGroup group, Passage passage, Members members, Paces paces, Guarded selectorGuard, Alerts alerts) {

    /**
     * Whom to ask for {@code question}.
     *
     * @param preferred the id of the backend to ask first if it can be asked, since what is asked about came from it; empty
     *     for none
     */
    Fanout.Plan plan(
            Admission admission, GatewayRequest question, ResponseAcceptor acceptor, String preferred, Fanout fanout) {
        Exchange exchange = admission.exchange();
        Route route = exchange.route();
        Roster roster = members.roster(); // this race's, whatever becomes of the group
        Demand demand = demand(admission);
        @Nullable Predicate<GatewayResponse> streamable = Streamable.of(admission, question, fanout.clock());
        return new Fanout.Plan(
                route.strategy(),
                preferring(preferred, candidates(demand, roster, fanout)),
                withTrailers(
                        streamable != null && admission.key() == null,
                        exchange.request(),
                        outbound(admission, question)),
                acceptor,
                exchange.deadlineNanos(),
                route.attemptTimeout().toNanos(),
                route.maxResponseBytes(),
                exchange.thread().first(),
                route.attemptFields(),
                paces.of(route),
                roster,
                outcome -> learn(demand, outcome),
                streamable);
    }

    /**
     * What is kept as a whole loses the fields after it, and what is stored is for others, too: they are asked for elsewhere.
     */
    private static GatewayRequest withTrailers(boolean wanted, GatewayRequest came, GatewayRequest sent) {
        return wanted && HopByHop.takesTrailers(came) ? sent.header("TE", "trailers") : sent;
    }

    private static List<Backend> preferring(String id, List<Backend> candidates) {
        if (candidates.isEmpty()
                || id.isEmpty()
                || candidates.size() < 2
                || !candidates.get(1).id().equals(id)) { // first already, or the selector has its reasons
            return candidates;
        }
        List<Backend> ordered = new ArrayList<>(candidates);
        Collections.swap(ordered, 0, 1);
        return ordered;
    }

    /** {@code result} with what is left of the budget, where that is of interest. */
    FanoutResult accounted(Admission admission, FanoutResult result) {
        FanoutResult named = forOne(result);
        boolean exempt = result.race().delayNanos() == 0; // all were asked at once
        boolean explained = result.response() == null || Explain.inFull(admission.exchange(), admission.grant());
        return exempt || !explained
                ? named
                : named.budget(paces.of(admission.exchange().route()).budget());
    }

    /** {@code result}, said to be for whoever asked where it is made from what was told of that one. */
    private FanoutResult forOne(FanoutResult result) {
        GatewayResponse response = result.response();
        return response != null && passage.isPersonal(response.headers())
                ? result.with(response.withHeaders(response.headers().with("Vary", "*")))
                : result;
    }

    /** The place of {@code backend} in the group's list as it is now, from 1; 0 if it is not in it. */
    int ordinal(Backend backend) {
        return members.roster().backends().indexOf(backend) + 1;
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

    private List<Backend> candidates(Demand demand, Roster roster, Fanout fanout) {
        List<BackendStatus> statuses = List.copyOf(roster.statuses(fanout::inFlight));
        if (statuses.isEmpty()) {
            return List.of(); // a source that has given none yet
        }
        List<Backend> chosen = selectorGuard.now(
                () -> ours(group.selector().plan(demand, statuses), roster), failure -> roster.backends());
        return chosen.isEmpty() ? roster.backends() : chosen;
    }

    /** All that are in good health, whatever the selector says. */
    List<Backend> well(Fanout fanout) {
        return well(members.roster(), fanout);
    }

    /** The same in the selector's order. */
    List<Backend> wellCandidates(Demand demand, Fanout fanout) {
        Roster roster = members.roster();
        List<Backend> well = well(roster, fanout);
        return candidates(demand, roster, fanout).stream()
                .filter(well::contains)
                .toList();
    }

    private static List<Backend> well(Roster roster, Fanout fanout) {
        return roster.statuses(fanout::inFlight).stream()
                .filter(BackendStatus::available)
                .map(BackendStatus::backend)
                .toList();
    }

    /** A copy, since the list is a stranger's. Nobody else than the group is ever asked. */
    private List<Backend> ours(List<Backend> chosen, Roster roster) {
        List<Backend> copy = List.copyOf(chosen);
        if (!copy.stream().allMatch(roster::knows)) {
            throw new IllegalArgumentException("expected backends of group '" + group.name() + "' only, got another");
        }
        return copy;
    }

    /** What a route sends. Answers that are combined have to be whole. */
    private GatewayRequest outbound(Admission admission, GatewayRequest question) {
        Route route = admission.exchange().route();
        boolean combined = route.strategy().combiner() != null && question.isSafe();
        return passage.outbound(
                combined ? Whole.wanted(question) : question,
                new Outbound(
                        group.headers(),
                        route.keepsHost(),
                        admission.key() != null,
                        combined || route.acceptor().needsBody(),
                        admission.grant().caller()));
    }

    /**
     * What is sent beside a request, whose answer nobody gets.
     *
     * @param readable whether the answer has to be in an encoding that the gateway can read
     */
    GatewayRequest aside(Demand demand, Route route, GatewayRequest copy, boolean readable) {
        Caller caller = demand.caller().orElse(null);
        return passage.outbound(copy, new Outbound(group.headers(), route.keepsHost(), false, readable, caller));
    }
}
