package dev.fanoutgateway;

import dev.fanoutgateway.http.Body;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Reads the beginning of content into memory, before anybody is asked; the rest passes on to who reads it. Of a client that
 * sends slowly nobody but us knows until then.
 */
final class Beginning implements Flow.Subscriber<ByteBuffer>, Flow.Publisher<ByteBuffer>, Flow.Subscription {
    private static final Object END = new Object();

    private final Body content;
    private final int enough;
    private final Runnable passing;
    private final CompletableFuture<Body> ready = new CompletableFuture<>();
    private Pieces pieces = new Pieces();
    private volatile Flow.@Nullable Subscription source;
    private volatile Flow.@Nullable Subscriber<? super ByteBuffer> reader;

    private final Object lock = new Object();
    // All that follows is guarded by the lock.
    private Stage stage = Stage.GATHERING;
    private @Nullable Object end;
    /** What was asked for while the beginning was being given. */
    private long more;

    private enum Stage {
        GATHERING,
        /** There is enough of it, or it is over. */
        GATHERED,
        /** The reader gets the beginning just now. */
        GIVING,
        /** The reader gets what comes. */
        OPEN,
        CANCELLED
    }

    /**
     * @param enough how much of it is a beginning, in bytes
     * @param passing run when somebody begins to read what passes
     */
    Beginning(Body content, int enough, Runnable passing) {
        this.content = content;
        this.enough = enough;
        this.passing = passing;
    }

    /** The content, once there is enough of it: in memory if that is all. It fails with the content. */
    CompletableFuture<Body> ready() {
        return ready;
    }

    /** The answer is there: nobody will read it who has not begun. Whether nobody has. */
    boolean leaveUnread() {
        if (reader != null) {
            return false;
        }
        cancel();
        return true;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        source = given;
        given.request(1);
    }

    @Override
    public void onNext(ByteBuffer some) {
        Flow.Subscriber<? super ByteBuffer> to = reader;
        if (to != null) {
            to.onNext(some);
            return;
        }
        pieces.add(some);
        if (pieces.length() < enough) {
            ask(1);
        } else if (moves(Stage.GATHERING, Stage.GATHERED)) {
            ready.complete(content.through(this));
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (moves(Stage.GATHERING, Stage.GATHERED)) {
            ready.completeExceptionally(failure);
        } else {
            over(failure);
        }
    }

    @Override
    public void onComplete() {
        if (moves(Stage.GATHERING, Stage.GATHERED)) {
            ready.complete(pieces.content());
        } else {
            over(END);
        }
    }

    /** Once, by whoever sends it on. */
    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        reader = subscriber;
        passing.run();
        subscriber.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        synchronized (lock) {
            if (stage == Stage.GIVING) {
                more = sum(more, n);
                return;
            }
        }
        Flow.Subscriber<? super ByteBuffer> to = reader;
        if (to != null && moves(Stage.GATHERED, Stage.GIVING)) {
            byte[] beginning = pieces.content().bytes();
            pieces = new Pieces();
            to.onNext(ByteBuffer.wrap(beginning));
            open(n - 1);
        } else {
            ask(n);
        }
    }

    @Override
    public void cancel() {
        synchronized (lock) {
            stage = Stage.CANCELLED;
        }
        Flow.Subscription left = source;
        if (left != null) {
            left.cancel();
        }
    }

    private void open(long n) {
        Object over;
        long asked;
        synchronized (lock) {
            if (stage != Stage.GIVING) {
                return;
            }
            stage = Stage.OPEN;
            over = end;
            asked = sum(more, n);
        }
        if (over != null) {
            tell(over);
        } else if (asked > 0) {
            ask(asked);
        }
    }

    /** What is said of the end before the beginning was given is told after it. */
    private void over(Object what) {
        synchronized (lock) {
            end = what;
            if (stage != Stage.OPEN) {
                return;
            }
        }
        tell(what);
    }

    private void tell(Object what) {
        Flow.Subscriber<? super ByteBuffer> to = reader;
        if (to != null) {
            if (what instanceof Throwable failure) {
                to.onError(failure);
            } else {
                to.onComplete();
            }
        }
    }

    private void ask(long n) {
        Flow.Subscription asked = source;
        if (asked != null) {
            asked.request(n);
        }
    }

    private boolean moves(Stage from, Stage to) {
        synchronized (lock) {
            if (stage != from) {
                return false;
            }
            stage = to;
            return true;
        }
    }

    private static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
