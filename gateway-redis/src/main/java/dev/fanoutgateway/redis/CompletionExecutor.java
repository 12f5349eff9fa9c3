package dev.fanoutgateway.redis;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Makes the executor that callbacks run on where the host gives none: virtual threads, or, before Java 21, a few daemons. */
final class CompletionExecutor {
    private static final @Nullable MethodHandle VIRTUAL = virtualThreads();

    private CompletionExecutor() {}

    static ExecutorService create() {
        if (VIRTUAL != null) {
            try {
                return (ExecutorService) VIRTUAL.invokeExact();
            } catch (Throwable unavailable) {
                // a runtime that has the method and refuses it: fall through to the pool
            }
        }
        AtomicInteger number = new AtomicInteger();
        ThreadFactory threads = task -> {
            Thread thread = new Thread(task, "fanout-redis-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        return Executors.newFixedThreadPool(
                Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors())), threads);
    }

    private static @Nullable MethodHandle virtualThreads() {
        try {
            return MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class));
        } catch (ReflectiveOperationException beforeJava21) {
            return null;
        }
    }
}
