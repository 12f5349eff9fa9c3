package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.caching.SingleFlight.Flight;
import dev.fanoutgateway.caching.SingleFlight.Ticket;
import dev.fanoutgateway.spi.CacheKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SingleFlightTest {
    private static final CacheKey KEY = new CacheKey("key");

    private final SingleFlight<String> flights = new SingleFlight<>();
    private final List<ScriptedFlight> launched = new ArrayList<>();

    @Test
    void firstLaunchesAndTheOthersJoin() {
        Ticket<String> first = join();
        Ticket<String> second = join();
        Ticket<String> third = join();
        assertThat(launched).hasSize(1);
        assertThat(first.leader()).isTrue();
        assertThat(second.leader()).isFalse();
        assertThat(third.leader()).isFalse();
        launched.get(0).result.complete("answer");
        assertThat(List.of(first, second, third))
                .allSatisfy(ticket -> assertThat(ticket.result()).isCompletedWithValue("answer"));
        assertThat(flights.size()).isZero();
    }

    @Test
    void otherKeysFlyOnTheirOwn() {
        join();
        flights.join(new CacheKey("other"), this::launch);
        assertThat(launched).hasSize(2);
        assertThat(flights.size()).isEqualTo(2);
    }

    @Test
    void everyoneHasAFutureOfTheirOwn() {
        Ticket<String> first = join();
        Ticket<String> second = join();
        second.result().complete("mine");
        launched.get(0).result.complete("answer");
        assertThat(first.result()).isCompletedWithValue("answer");
        assertThat(second.result()).isCompletedWithValue("mine");
    }

    @Test
    void leavingDoesNotEndTheFlightForTheOthers() {
        Ticket<String> leader = join();
        Ticket<String> follower = join();
        leader.leave();
        assertThat(launched.get(0).cancels).isZero();
        launched.get(0).result.complete("answer");
        assertThat(follower.result()).isCompletedWithValue("answer");
        assertThat(leader.result()).isCancelled();
    }

    @Test
    void lastToLeaveCancelsOnceAndTheKeyIsFree() {
        Ticket<String> leader = join();
        Ticket<String> follower = join();
        leader.leave();
        leader.leave();
        follower.result().cancel(true);
        follower.leave();
        assertThat(launched.get(0).cancels).isEqualTo(1);
        assertThat(flights.size()).isZero();
        Ticket<String> later = join();
        assertThat(later.leader()).isTrue();
        launched.get(0).result.complete("too late");
        assertThat(later.result()).isNotDone();
        assertThat(flights.size()).isEqualTo(1);
    }

    @Test
    void waiterWhoseTimeIsUpHasLeft() {
        Ticket<String> only = join();
        only.result().completeExceptionally(new TimeoutException());
        assertThat(launched.get(0).cancels).isEqualTo(1);
    }

    @Test
    void leavingAfterTheEndCancelsNothing() {
        Ticket<String> only = join();
        launched.get(0).result.complete("answer");
        only.leave();
        assertThat(launched.get(0).cancels).isZero();
        assertThat(only.result()).isCompletedWithValue("answer");
    }

    @Test
    void failureReachesEveryoneAsItIs() {
        Ticket<String> first = join();
        Ticket<String> second = join();
        IllegalStateException failure = new IllegalStateException("broken");
        launched.get(0).result.completeExceptionally(new CompletionException(failure));
        assertThatThrownBy(first.result()::get).hasCause(failure);
        assertThatThrownBy(second.result()::get).hasCause(failure);
        assertThat(flights.size()).isZero();
    }

    @Test
    void throwingLaunchFailsTheFlightAndFreesTheKey() {
        IllegalStateException failure = new IllegalStateException("no room");
        Ticket<String> ticket = flights.join(KEY, () -> {
            throw failure;
        });
        assertThat(ticket.leader()).isTrue();
        assertThatThrownBy(ticket.result()::get).hasCause(failure);
        assertThat(flights.size()).isZero();
        assertThat(join().leader()).isTrue();
    }

    @Test
    @SuppressWarnings("NullAway") // what a host may do all the same
    void nullFromALaunchIsAFailure() {
        Ticket<String> ticket = flights.join(KEY, () -> null);
        assertThat(ticket.result()).isCompletedExceptionally();
        assertThat(flights.size()).isZero();
    }

    @Test
    void flightThatIsOverBeforeItsLaunchReturns() {
        Ticket<String> ticket = flights.join(KEY, () -> new ScriptedFlight(CompletableFuture.completedFuture("done")));
        assertThat(ticket.result()).isCompletedWithValue("done");
        assertThat(flights.size()).isZero();
    }

    @Test
    void keyIsFreeBeforeTheFirstWaiterHears() {
        List<String> events = new ArrayList<>();
        Ticket<String> first = join();
        Ticket<String> second = join();
        second.result().thenAccept(value -> events.add("follower sees " + flights.size() + " under way"));
        first.result().thenAccept(value -> events.add("leader finds itself leading: " + join().leader()));
        launched.get(0).result.complete("answer");
        assertThat(events).containsExactly("follower sees 0 under way", "leader finds itself leading: true");
        assertThat(launched).hasSize(2);
    }

    @Test
    void leaderIsToldLastSinceWhatItDoesNextMayTakeTheThread() {
        List<String> events = new ArrayList<>();
        join().result().thenAccept(value -> events.add("leader"));
        join().result().thenAccept(value -> events.add("follower"));
        join().result().thenAccept(value -> events.add("follower"));
        launched.get(0).result.complete("answer");
        assertThat(events).containsExactly("follower", "follower", "leader");
    }

    @Test
    void othersJoinWhileTheLaunchBlocks() throws Exception {
        CountDownLatch launching = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CompletableFuture<Ticket<String>> leader =
                CompletableFuture.supplyAsync(() -> flights.join(KEY, blocking(launching, released)));
        assertThat(launching.await(10, TimeUnit.SECONDS)).isTrue();
        Ticket<String> follower = join();
        assertThat(follower.leader()).isFalse();
        assertThat(follower.result()).isNotDone();
        released.countDown();
        assertThat(follower.result().get(10, TimeUnit.SECONDS)).isEqualTo("blocked");
        assertThat(leader.get(10, TimeUnit.SECONDS).leader()).isTrue();
        assertThat(launched).isEmpty();
    }

    @Test
    void followersMayComeAndGoWhileTheLaunchBlocks() throws Exception {
        CountDownLatch launching = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CompletableFuture<Ticket<String>> leader =
                CompletableFuture.supplyAsync(() -> flights.join(KEY, blocking(launching, released)));
        assertThat(launching.await(10, TimeUnit.SECONDS)).isTrue();
        join().leave();
        released.countDown();
        assertThat(leader.get(10, TimeUnit.SECONDS).result().get(10, TimeUnit.SECONDS))
                .isEqualTo("blocked");
    }

    @Test
    void waiterThatThrowsHurtsNobodyElse() {
        Ticket<String> first = join();
        Ticket<String> second = join();
        CompletableFuture<Void> dependent = first.result().thenAccept(value -> {
            throw new IllegalStateException("a waiter's own trouble");
        });
        launched.get(0).result.complete("answer");
        assertThat(dependent).isCompletedExceptionally();
        assertThat(second.result()).isCompletedWithValue("answer");
    }

    private Ticket<String> join() {
        return flights.join(KEY, this::launch);
    }

    private Flight<String> launch() {
        ScriptedFlight flight = new ScriptedFlight(new CompletableFuture<>());
        launched.add(flight);
        return flight;
    }

    private static Supplier<Flight<String>> blocking(CountDownLatch launching, CountDownLatch released) {
        return () -> {
            launching.countDown();
            try {
                released.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new ScriptedFlight(CompletableFuture.completedFuture("blocked"));
        };
    }

    private static final class ScriptedFlight implements Flight<String> {
        private final CompletableFuture<String> result;
        private int cancels;

        private ScriptedFlight(CompletableFuture<String> result) {
            this.result = result;
        }

        @Override
        public CompletableFuture<String> result() {
            return result;
        }

        @Override
        public void cancel() {
            cancels++;
        }
    }
}
