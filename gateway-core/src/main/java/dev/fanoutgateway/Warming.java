package dev.fanoutgateway;

import dev.fanoutgateway.WarmUp.Prefetched;
import dev.fanoutgateway.WarmUp.Progress;
import dev.fanoutgateway.spi.GatewayClock;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One round of a warm-up: begins a request whenever its time has come and there is room for it, until all have ended. Its
 * monitor guards its fields; nothing is called within it.
 */
final class Warming {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    private final List<String> targets;
    private final WarmUp settings;
    private final Function<String, CompletionStage<Prefetched>> prefetch;
    private final GatewayClock clock;
    private final Runnable ended;
    private final long begunNanos;
    private int next;
    private int underWay;

    /** The time of the next one has come, and there was no room. */
    private boolean due;

    private boolean stopped;
    private volatile Progress progress;

    /** @param ended runs when all have ended, if it was not stopped */
    Warming(
            List<String> targets,
            WarmUp settings,
            Function<String, CompletionStage<Prefetched>> prefetch,
            GatewayClock clock,
            Runnable ended) {
        this.targets = targets;
        this.settings = settings;
        this.prefetch = prefetch;
        this.clock = clock;
        this.ended = ended;
        this.begunNanos = clock.nanoTime();
        this.progress = new Progress(0, 0, 0, targets.size());
    }

    void begin() {
        LOG.info("warm-up: {} paths", targets.size());
        if (targets.isEmpty()) {
            ended.run();
        } else {
            step();
        }
    }

    Progress progress() {
        return progress;
    }

    /** What has not been asked for yet. */
    synchronized List<String> rest() {
        return targets.subList(next, targets.size());
    }

    synchronized void stop() {
        stopped = true;
    }

    /** The time of the next one has come. */
    private void step() {
        String target;
        boolean more;
        synchronized (this) {
            if (stopped || next == targets.size()) {
                return;
            }
            if (underWay == settings.concurrency()) {
                due = true;
                return;
            }
            underWay++;
            target = targets.get(next++);
            more = next < targets.size();
        }
        if (more) {
            clock.schedule(settings.paceNanos(), this::step);
        }
        prefetch.apply(target).whenComplete((what, failure) -> over(failure == null ? what : Prefetched.FAILED));
    }

    private void over(Prefetched what) {
        boolean room;
        Progress now;
        synchronized (this) {
            underWay--;
            now = progress.and(what);
            progress = now;
            if (stopped) {
                return;
            }
            room = due;
            due = false; // only one takes it
        }
        tell(now);
        if (now.done() == now.total()) {
            ended.run();
        } else if (room) {
            clock.schedule(0, this::step); // not on this stack: each of many hits would deepen it
        }
    }

    private void tell(Progress now) {
        boolean last = now.done() == now.total();
        if (last || now.done() * 10L / now.total() > (now.done() - 1) * 10L / now.total()) {
            LOG.info(
                    "warm-up: {} of {} paths, {} stored, {} failed, {} ms",
                    now.done(),
                    now.total(),
                    now.stored(),
                    now.failed(),
                    (clock.nanoTime() - begunNanos) / 1_000_000);
        }
    }
}
