package dev.fanoutgateway;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.GatewayClock;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The content of a request that is admitted, on its way in: gathered, or, where one backend gets it at most and it is long,
 * its beginning is, and the rest passed on as that takes it. Either way it is measured, and what is wrong with it is the
 * client's doing, and no backend's.
 */
final class Intake {
    /** What is no longer is gathered, and so much of what is: a slow client then keeps no backend waiting. */
    private static final long SHORT = 64 << 10;

    /** What an array can have, roughly. */
    private static final long MOST_GATHERED = 1L << 30;

    private static final long MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Admission admission;
    private final Body content;
    private final long most;
    private final ContentRoom room;
    private final GatewayClock clock;
    /** What of the room is this content's, in bytes. */
    private final AtomicLong held = new AtomicLong();

    private volatile boolean ended;
    private volatile @Nullable Problem problem;
    /** Of content that passes. */
    private volatile @Nullable Beginning begun;

    private volatile @Nullable Meter meter;

    /** What may be wrong with it. */
    private enum Problem {
        /** It is longer than what the gateway takes. */
        TOO_LARGE,
        /** It ended before its end, or is none by the rules of HTTP. */
        INCOMPLETE,
        /** It did not come in time. */
        LATE,
        /** There is no room for it, with that of others. */
        NO_ROOM
    }

    /**
     * @param most how long it may be, in bytes
     * @param room for what is gathered
     */
    Intake(Admission admission, long most, ContentRoom room, GatewayClock clock) {
        this.room = room;
        this.admission = admission;
        this.content = admission.forwarded().body();
        this.most = passes() ? most : Math.min(most, MOST_GATHERED);
        this.clock = clock;
    }

    /** Whether content may be passed on while it comes: it is not to be repeated, and long, or of unknown length. */
    static boolean passes(String method, long length) {
        return !GatewayRequest.isSafe(method) && (length < 0 || length > SHORT);
    }

    private boolean passes() {
        return passes(admission.forwarded().method(), content.length());
    }

    /** The request with its content as the backends get it; on this thread, if the content is read where it is asked for. */
    CompletionStage<Admission> take() {
        if (content.length() > most) {
            problem = Problem.TOO_LARGE;
            return CompletableFuture.completedFuture(admission);
        }
        if (content.isBuffered()) {
            return CompletableFuture.completedFuture(admission);
        }
        if (passes()) {
            return begun();
        }
        Gathered gathered = new Gathered();
        content.publisher().subscribe(watched(new Meter(gathered)));
        return gathered.whole().handle(this::taken);
    }

    /** Nothing of it is sent before there is as much as of what is short: until then a slow client has no backend wait. */
    private CompletionStage<Admission> begun() {
        Beginning gathered = new Beginning(content, (int) SHORT, this::pass);
        Meter measured = new Meter(gathered);
        begun = gathered;
        meter = measured;
        content.publisher().subscribe(watched(measured));
        return gathered.ready().handle(this::taken);
    }

    /** From here on a backend waits. */
    private void pass() {
        Meter measured = meter;
        if (measured != null) {
            measured.passing = true;
            timed(measured);
            if (failed()) { // since it was begun
                admission.exchange().abandonment().signal();
            }
        }
    }

    private Admission taken(@Nullable Body whole, @Nullable Throwable failure) {
        return whole == null ? admission : admission.with(whole);
    }

    /** The answer is there: of content that nobody has begun to read nothing more is wanted. */
    private void answered() {
        Beginning gathered = begun;
        Meter measured = meter;
        if (gathered != null && measured != null && gathered.leaveUnread()) {
            measured.end();
        }
    }

    /** A client that leaves keeps no room until its time is up. */
    private Meter watched(Meter measured) {
        admission.exchange().abandonment().onSignal(measured::abandon);
        return timed(measured);
    }

    /** Nobody needs the content any more. */
    void end() {
        ended = true;
        room.giveBack(held.getAndSet(0));
    }

    private boolean hasRoomFor(int bytes) {
        long wanted = held.get() == 0 ? Pieces.FIRST_BLOCK + (long) bytes : bytes;
        if (!room.tryTake(wanted)) {
            return false;
        }
        held.addAndGet(wanted);
        if (ended) {
            end(); // a piece that was on its way
        }
        return true;
    }

    /**
     * An attempt that is waiting for content when its time is up says nothing of its backend. So that is found out just before
     * the race does. What is gathered has all the time of the route.
     */
    private Meter timed(Meter measured) {
        Exchange exchange = admission.exchange();
        long left = exchange.deadlineNanos() - clock.nanoTime();
        if (measured.passing) {
            left = Math.min(left, exchange.route().attemptTimeout().toNanos());
        }
        measured.arm(Math.max(0, left - MARGIN_NANOS));
        return measured;
    }

    /** Whether something is wrong with it, as far as it came. */
    boolean failed() {
        return problem != null;
    }

    /** The answer in place of {@code other}, if something is wrong with the content. */
    Answer insteadOf(Answer other) {
        answered();
        Problem wrong = problem;
        if (wrong == null) {
            return other;
        }
        GatewayRequest request = admission.exchange().request();
        Grant grant = admission.grant();
        Answer refusal = switch (wrong) {
            case TOO_LARGE -> Refusals.contentTooLarge(request, most, grant);
            case INCOMPLETE -> Refusals.badRequest(request, "The request's content is incomplete.", grant);
            case LATE -> Refusals.contentLate(request, grant);
            case NO_ROOM -> Refusals.overloaded(request, grant);
        };
        return other.race() == null ? refusal : refusal.race(other.race());
    }

    /** The answer where there is no other. */
    Answer refusal() {
        return insteadOf(Refusals.internalError(admission.exchange().request(), admission.grant()));
    }

    /** Stands between the content and who reads it. */
    private final class Meter implements Flow.Subscriber<ByteBuffer>, Flow.Subscription {
        private final Flow.Subscriber<? super ByteBuffer> reader;
        /** Whether a backend is waiting, whose call is to be cut if something is wrong. */
        private volatile boolean passing;

        private volatile Flow.@Nullable Subscription source;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile GatewayClock.@Nullable Timer timer;
        /** What was asked for and has not come. */
        private final AtomicLong pending = new AtomicLong();

        private long taken;

        Meter(Flow.Subscriber<? super ByteBuffer> reader) {
            this.reader = reader;
        }

        void arm(long nanos) {
            disarm();
            timer = clock.schedule(nanos, this::timeIsUp);
            if (over.get()) {
                disarm();
            }
        }

        private void disarm() {
            GatewayClock.Timer set = timer;
            if (set != null) {
                set.cancel();
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            source = given;
            reader.onSubscribe(this);
        }

        @Override
        public void request(long more) {
            Flow.Subscription asked = source;
            if (asked != null && !over.get()) {
                pending.accumulateAndGet(more, (one, other) -> one + other < 0 ? Long.MAX_VALUE : one + other);
                asked.request(more);
            }
        }

        @Override
        public void cancel() {
            end();
            leave();
        }

        private void leave() {
            Flow.Subscription left = source;
            if (left != null) {
                left.cancel();
            }
        }

        @Override
        public void onNext(ByteBuffer some) {
            if (over.get()) {
                return;
            }
            pending.updateAndGet(asked -> asked == Long.MAX_VALUE ? asked : asked - 1);
            taken += some.remaining();
            if (taken > most || (content.length() >= 0 && taken > content.length())) {
                fail(Problem.TOO_LARGE);
            } else if (clock.nanoTime() - admission.exchange().deadlineNanos() > 0) {
                fail(Problem.LATE);
            } else if (!passing && !hasRoomFor(some.remaining())) {
                fail(Problem.NO_ROOM);
            } else {
                reader.onNext(some);
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (!over.get()) {
                boolean late =
                        failure instanceof SocketTimeoutException || failure.getCause() instanceof TimeoutException;
                fail(late ? Problem.LATE : Problem.INCOMPLETE);
            }
        }

        @Override
        public void onComplete() {
            if (over.get()) {
                return;
            }
            if (taken < content.length()) {
                fail(Problem.INCOMPLETE);
            } else if (end()) {
                reader.onComplete();
            }
        }

        /** What passes is cut off by the race. */
        private void abandon() {
            if (!passing) {
                fail(Problem.INCOMPLETE);
            }
        }

        private void timeIsUp() {
            if (pending.get() > 0) {
                fail(Problem.LATE);
            }
        }

        /** Whether it was not over before. */
        private boolean end() {
            boolean first = over.compareAndSet(false, true);
            disarm();
            return first;
        }

        private void fail(Problem what) {
            if (!end()) {
                return;
            }
            problem = what;
            leave();
            if (passing) {
                admission.exchange().abandonment().signal();
            }
            reader.onError(new IOException("the request's content is not whole"));
        }
    }
}
