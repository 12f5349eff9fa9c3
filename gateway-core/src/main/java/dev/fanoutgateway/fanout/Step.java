package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.BackendClient.Call;
import dev.fanoutgateway.spi.Combiner.Part;
import dev.fanoutgateway.spi.GatewayClock.Timer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a change of the standings calls for: decided under the race's lock, carried out after its release. */
final class Step {
    List<Attempt> launches = List.of();
    List<Call> cuts = List.of();
    /** Those that drained, and whose room at their backend has another now. */
    List<Draining> displaced = List.of();
    /** Attempts whose answer is not needed any more, since another was given; they count as under way until they are left. */
    List<Attempt> leaves = List.of();
    /** Attempts whose outcome is known now. */
    List<Attempt> decided = List.of();

    List<GatewayResponse> discards = List.of();

    @Nullable
    FanoutResult result;

    /** What a combiner is given before there is a result; null if there is nothing to combine. */
    @Nullable
    List<Part> parts;

    /** A timer that is not needed any more. */
    @Nullable
    Timer disarm;

    /** Whether a timer is to be set, for {@code wakeNanos}, and the ticket that it will show. */
    boolean arm;

    long wakeNanos;
    long ticket;

    void launch(Attempt attempt) {
        launches = with(launches, attempt);
    }

    void cut(@Nullable Call call) {
        if (call != null) {
            cuts = with(cuts, call);
        }
    }

    void displace(Draining draining) {
        displaced = with(displaced, draining);
    }

    void leave(Attempt attempt) {
        leaves = with(leaves, attempt);
    }

    void report(Attempt attempt) {
        decided = with(decided, attempt);
    }

    /** Lets go of an answer that nobody will read; those in memory need no care. */
    void discard(@Nullable GatewayResponse response) {
        if (response != null && !response.body().isBuffered()) {
            discards = with(discards, response);
        }
    }

    private static <T> List<T> with(List<T> list, T item) {
        List<T> room = list.isEmpty() ? new ArrayList<>(4) : list;
        room.add(item);
        return room;
    }
}
