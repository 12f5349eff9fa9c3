package dev.fanoutgateway;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.GatewayClock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The content of a request that is admitted, on its way in: gathered, or, where one backend gets it at most and it is long,
 * its beginning is, and the rest passed on as that takes it. Either way it is measured, and what is wrong with it is the
 * client's doing, and no backend's.
 */
final class Intake implements ContentMeter.Owner {
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
    private volatile @Nullable ContentProblem problem;
    /** Of content that passes. */
    private volatile @Nullable Beginning begun;

    private volatile @Nullable ContentMeter meter;

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
            problem = ContentProblem.TOO_LARGE;
            return CompletableFuture.completedFuture(admission);
        }
        if (content.isBuffered()) {
            return CompletableFuture.completedFuture(admission);
        }
        if (passes()) {
            return begun();
        }
        Gathered gathered = new Gathered();
        content.publisher().subscribe(watched(new ContentMeter(gathered, this, clock)));
        return gathered.whole().handle(this::taken);
    }

    /** Nothing of it is sent before there is as much as of what is short: until then a slow client has no backend wait. */
    private CompletionStage<Admission> begun() {
        Beginning gathered = new Beginning(content, (int) SHORT, this::pass);
        ContentMeter measured = new ContentMeter(gathered, this, clock);
        begun = gathered;
        meter = measured;
        content.publisher().subscribe(watched(measured));
        return gathered.ready().handle(this::taken);
    }

    /** From here on a backend waits. */
    private void pass() {
        ContentMeter measured = meter;
        if (measured != null) {
            measured.pass();
            room.giveBack(held.getAndSet(0)); // what was gathered is given away just now
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
        ContentMeter measured = meter;
        if (gathered != null && measured != null && gathered.leaveUnread()) {
            measured.end();
        }
    }

    /** A client that leaves keeps no room until its time is up. */
    private ContentMeter watched(ContentMeter measured) {
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
    private ContentMeter timed(ContentMeter measured) {
        Exchange exchange = admission.exchange();
        long left = exchange.deadlineNanos() - clock.nanoTime();
        if (measured.isPassing()) {
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
        ContentProblem wrong = problem;
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

    @Override
    public long length() {
        return content.length();
    }

    @Override
    public @Nullable ContentProblem problemOf(int bytes, long taken, boolean passing) {
        if (taken > most || (content.length() >= 0 && taken > content.length())) {
            return ContentProblem.TOO_LARGE;
        }
        if (clock.nanoTime() - admission.exchange().deadlineNanos() > 0) {
            return ContentProblem.LATE;
        }
        return passing || hasRoomFor(bytes) ? null : ContentProblem.NO_ROOM;
    }

    @Override
    public void found(ContentProblem what) {
        problem = what;
    }

    @Override
    public void cut() {
        admission.exchange().abandonment().signal();
    }
}
