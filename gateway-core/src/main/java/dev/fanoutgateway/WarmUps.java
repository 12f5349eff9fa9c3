package dev.fanoutgateway;

import dev.fanoutgateway.WarmUp.Prefetched;
import dev.fanoutgateway.WarmUp.Progress;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.GatewayClock;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway's warm-up, round after round, from its snapshot to the next one. Safe for use by any thread. */
final class WarmUps implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    private final WarmUp settings;
    private final IntFunction<List<String>> hottest;
    private final Function<String, CompletionStage<Prefetched>> prefetch;
    private final GatewayClock clock;
    private final Consumer<DevMessage> messages;
    private volatile @Nullable Warming round;
    private volatile boolean closed;

    /**
     * @param hottest the most frequent targets in memory
     * @param prefetch asks for one
     */
    WarmUps(
            WarmUp settings,
            IntFunction<List<String>> hottest,
            Function<String, CompletionStage<Prefetched>> prefetch,
            GatewayClock clock,
            Consumer<DevMessage> messages) {
        this.settings = settings;
        this.hottest = hottest;
        this.prefetch = prefetch;
        this.clock = clock;
        this.messages = messages;
    }

    /** Begins, on another thread. */
    WarmUps start() {
        clock.schedule(0, () -> {
            Set<String> first = new LinkedHashSet<>(fromSnapshot());
            first.addAll(settings.targets());
            run(List.copyOf(first));
        });
        return this;
    }

    Progress progress() {
        Warming current = round;
        return current == null ? Progress.NOTHING : current.progress();
    }

    private void run(List<String> targets) {
        if (closed) {
            return;
        }
        long begun = clock.nanoTime();
        Warming next = new Warming(targets, settings, prefetch, clock, () -> again(begun));
        round = next;
        next.begin();
    }

    private void again(long begunNanos) {
        Duration every = settings.every();
        if (every != null && !settings.targets().isEmpty()) {
            long passed = clock.nanoTime() - begunNanos;
            clock.schedule(Math.max(0, every.toNanos() - passed), () -> run(settings.targets()));
        }
    }

    private List<String> fromSnapshot() {
        Path file = settings.snapshot();
        if (file == null) {
            return List.of();
        }
        try {
            return Snapshot.read(file, settings.hottest());
        } catch (NoSuchFileException e) {
            LOG.info("warm-up: there is no snapshot {} yet", file);
        } catch (IOException | RuntimeException e) {
            tell("the snapshot " + file + " cannot be read and is ignored", e);
        }
        return List.of();
    }

    /** Ends it, and writes the next snapshot: what is hot, and what the last one had that was not asked for yet. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Warming last = round;
        if (last != null) {
            last.stop();
        }
        Path file = settings.snapshot();
        if (file != null) {
            Set<String> targets = new LinkedHashSet<>(hottest.apply(settings.hottest()));
            if (last != null) {
                targets.addAll(last.rest());
            }
            write(file, targets.stream().limit(settings.hottest()).toList());
        }
    }

    private void write(Path file, List<String> targets) {
        if (targets.isEmpty()) {
            return; // what was hot once is better than nothing
        }
        try {
            Snapshot.write(file, targets);
            LOG.info("warm-up: wrote {} paths to the snapshot {}", targets.size(), file);
        } catch (IOException | RuntimeException e) {
            tell("the snapshot " + file + " cannot be written", e);
        }
    }

    private void tell(String what, Exception failure) {
        boolean ours = failure.getClass() == IOException.class;
        String reason =
                ours ? String.valueOf(failure.getMessage()) : failure.getClass().getSimpleName();
        LOG.warn("warm-up: {}: {}", what, reason);
        messages.accept(DevMessage.of(
                DevMessage.Type.PLUGIN_FAILED,
                "warm-up-snapshot",
                "the warm-up: " + what,
                List.of(reason),
                Instant.ofEpochMilli(clock.currentTimeMillis())));
    }
}
