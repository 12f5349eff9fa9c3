package dev.fanoutgateway;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The gateway's own threads: virtual ones where the platform has them (Java 21 and later), pooled daemons elsewhere. */
final class Threads {
    private static final @Nullable MethodHandle VIRTUAL_EXECUTOR = virtualExecutor();

    private Threads() {}

    /** An executor on which tasks may block; without a bound of its own. */
    static ExecutorService blockingExecutor() {
        if (VIRTUAL_EXECUTOR == null) {
            return Executors.newCachedThreadPool(daemons("fanout-gateway-"));
        }
        try {
            return (ExecutorService) VIRTUAL_EXECUTOR.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("cannot start virtual threads", e);
        }
    }

    /** Daemon threads with names that begin with {@code prefix}. */
    static ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private static @Nullable MethodHandle virtualExecutor() {
        try {
            return MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return null; // Java 17: the method does not exist yet
        }
    }
}
