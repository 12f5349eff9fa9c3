package dev.fanoutgateway;

import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSource;
import dev.fanoutgateway.spi.BackendSource.Listing;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a group's source again and again, and changes the group by what it says. One look at a time, each of which appoints the
 * next. A source that fails changes nothing, and is told once.
 */
final class BackendWatch implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long FIRST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** What has not come by then will not come any more. */
    private static final long LOST_NANOS = TimeUnit.MINUTES.toNanos(5);
    /** Each may hold a thread for ever. */
    private static final int MOST_LOST = 3;

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int MOST_BACKENDS = 1_000;

    /** In place of a listing, when there is none. */
    private static final Listing NONE = new Listing(List.of(), LONGEST);

    private final String group;
    private final BackendSource source;
    private final Members members;
    private final GatewayClock clock;
    private final Executor executor;
    private final Guarded guard;

    // Used by one look at a time.
    private CompletableFuture<Listing> pending = CompletableFuture.completedFuture(NONE);
    private final List<CompletableFuture<Listing>> lost = new ArrayList<>();
    private long askedNanos;
    private long retryNanos = FIRST_RETRY_NANOS;
    private long lastRetryNanos = LAST_RETRY_NANOS;

    private volatile boolean closed;
    private volatile GatewayClock.@Nullable Timer timer;

    private BackendWatch(
            String group,
            BackendSource source,
            Members members,
            GatewayClock clock,
            Executor executor,
            Consumer<DevMessage> messages) {
        this.group = group;
        this.source = source;
        this.members = members;
        this.clock = clock;
        this.executor = executor;
        this.guard = new Guarded(
                "backend source of group '" + group + "'",
                PATIENCE_NANOS,
                clock,
                executor,
                new Troubles(clock, new ToldOnce(messages)));
    }

    /**
     * Looks at once, on the calling thread, and then again and again.
     *
     * @param executor runs the later looks; must not refuse
     */
    static BackendWatch start(
            String group,
            BackendSource source,
            Members members,
            GatewayClock clock,
            Executor executor,
            Consumer<DevMessage> messages) {
        BackendWatch watch = new BackendWatch(group, source, members, clock, executor, messages);
        watch.look(Runnable::run);
        return watch;
    }

    private void look(Executor on) {
        if (!closed) {
            guard.call(() -> ask(on), failure -> NONE).thenAccept(this::heed);
        }
    }

    private CompletionStage<Listing> ask(Executor on) {
        long now = clock.nanoTime();
        if (!pending.isDone()) {
            lost.removeIf(CompletableFuture::isDone);
            if (now - askedNanos < LOST_NANOS || lost.size() == MOST_LOST) {
                throw new BackendSource.Unavailable("it has not answered yet");
            }
            lost.add(pending);
        }
        lastRetryNanos = Math.min(nanos(source.retryWithin()), LAST_RETRY_NANOS);
        askedNanos = now;
        CompletableFuture<Listing> asked = CompletableFuture.supplyAsync(() -> source.list(group), on)
                .thenCompose(stage -> stage)
                .thenApply(this::checked);
        pending = asked;
        return asked;
    }

    private Listing checked(Listing listing) {
        List<Backend> backends = listing.backends();
        if (backends.isEmpty()) {
            throw new BackendSource.Unavailable("it gave no backend");
        }
        if (backends.size() > MOST_BACKENDS) {
            throw new BackendSource.Unavailable("it gave more than " + MOST_BACKENDS + " backends: " + backends.size());
        }
        Set<Backend> seen = new HashSet<>();
        for (Backend backend : backends) {
            if (!backend.group().equals(group)) {
                throw new BackendSource.Unavailable("it gave a backend of another group");
            }
            if (!seen.add(backend)) {
                throw new BackendSource.Unavailable("it gave a backend twice: " + backend.id());
            }
        }
        return listing;
    }

    private void heed(Listing listing) {
        long next = Math.min(retryNanos, lastRetryNanos);
        try {
            if (listing == NONE) {
                retryNanos = Math.min(2 * retryNanos, LAST_RETRY_NANOS);
            } else {
                retryNanos = FIRST_RETRY_NANOS;
                next = nanos(listing.lookAgain());
                if (!closed) {
                    members.change(listing.backends());
                }
            }
        } finally {
            appoint(next);
        }
    }

    private static long nanos(Duration lookAgain) {
        Duration least = lookAgain.compareTo(SHORTEST) < 0 ? SHORTEST : lookAgain;
        return (least.compareTo(LONGEST) > 0 ? LONGEST : least).toNanos();
    }

    private void appoint(long delayNanos) {
        GatewayClock.Timer next = clock.schedule(delayNanos, () -> look(executor));
        timer = next;
        if (closed) {
            next.cancel();
        }
    }

    /** Looks no more. The group keeps the backends that it has. */
    @Override
    public void close() {
        closed = true;
        guard.close();
        GatewayClock.Timer last = timer;
        if (last != null) {
            last.cancel();
        }
    }
}
