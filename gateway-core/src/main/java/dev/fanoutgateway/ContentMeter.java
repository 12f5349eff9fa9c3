package dev.fanoutgateway;

import dev.fanoutgateway.spi.GatewayClock;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Stands between the content of a request and who reads it: measures it, and ends it where something is wrong. */
final class ContentMeter implements Flow.Subscriber<ByteBuffer>, Flow.Subscription {
    /** Whose content it is. */
    interface Owner {
        /** As it was announced, in bytes; -1 if it was not. */
        long length();

        /**
         * What is wrong with the next piece, which is counted where there has to be room for it.
         *
         * @param bytes of the piece
         * @param taken in all, with the piece
         * @param passing whether a backend is waiting
         */
        @Nullable
        ContentProblem problemOf(int bytes, long taken, boolean passing);

        /** Nothing more comes. */
        void found(ContentProblem what);

        /** The call of the backend that is waiting is of no more use. */
        void cut();
    }

    private final Flow.Subscriber<? super ByteBuffer> reader;
    private final Owner owner;
    private final GatewayClock clock;
    private final AtomicBoolean over = new AtomicBoolean();
    /** What was asked for and has not come. */
    private final AtomicLong pending = new AtomicLong();

    private volatile Flow.@Nullable Subscription source;
    private volatile GatewayClock.@Nullable Timer timer;
    private volatile boolean passing;
    private long taken;

    ContentMeter(Flow.Subscriber<? super ByteBuffer> reader, Owner owner, GatewayClock clock) {
        this.reader = reader;
        this.owner = owner;
        this.clock = clock;
    }

    /** From here on a backend is waiting, whose call is to be cut if something is wrong. */
    void pass() {
        passing = true;
    }

    boolean isPassing() {
        return passing;
    }

    /** Ends content that somebody is waiting for {@code nanos} from now, in place of what was said before. */
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
        if (over.get()) {
            given.cancel(); // whoever wanted it has left
        }
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
        ContentProblem wrong = owner.problemOf(some.remaining(), taken, passing);
        if (wrong == null) {
            reader.onNext(some);
        } else {
            fail(wrong);
        }
    }

    @Override
    public void onError(Throwable failure) {
        boolean late = failure instanceof SocketTimeoutException || failure.getCause() instanceof TimeoutException;
        fail(late ? ContentProblem.LATE : ContentProblem.INCOMPLETE);
    }

    @Override
    public void onComplete() {
        if (over.get()) {
            return;
        }
        if (taken < owner.length()) {
            fail(ContentProblem.INCOMPLETE);
        } else if (end()) {
            reader.onComplete();
        }
    }

    /** The client has left. What passes is cut off by the race. */
    void abandon() {
        if (!passing) {
            fail(ContentProblem.INCOMPLETE);
        }
    }

    private void timeIsUp() {
        if (pending.get() > 0) {
            fail(ContentProblem.LATE);
        }
    }

    /** Whether it was not over before. */
    boolean end() {
        boolean first = over.compareAndSet(false, true);
        disarm();
        return first;
    }

    private void fail(ContentProblem what) {
        if (!end()) {
            return;
        }
        owner.found(what);
        leave();
        if (passing) {
            owner.cut();
        }
        reader.onError(new IOException("the request's content is not whole"));
    }
}
