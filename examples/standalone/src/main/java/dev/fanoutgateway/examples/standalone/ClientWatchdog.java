package dev.fanoutgateway.examples.standalone;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Looks at all connections now and then, and closes those whose clients are too slow; where there are as many as may be, also
 * the tenth of them that has been idle longest. So nothing is scheduled or counted for requests themselves.
 */
final class ClientWatchdog extends AbstractLifeCycle {
    private static final long LONGEST_BETWEEN = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_BETWEEN = TimeUnit.MILLISECONDS.toNanos(5);

    /** Who has just been answered may well be about to ask again. */
    private static final long LEAST_IDLE_MILLIS = 1_000;

    private final ServerConnector connector;
    private final ClientLimits limits;
    private final long between;
    private volatile Scheduler.@Nullable Task next;

    ClientWatchdog(ServerConnector connector, ClientLimits limits) {
        this.connector = connector;
        this.limits = limits;
        long shortest = Math.min(limits.head().toNanos(), limits.window().toNanos());
        between = Math.max(SHORTEST_BETWEEN, Math.min(LONGEST_BETWEEN, shortest / 4));
    }

    @Override
    protected void doStart() {
        scheduleNext();
    }

    @Override
    protected void doStop() {
        Scheduler.Task scheduled = next;
        if (scheduled != null) {
            scheduled.cancel();
        }
    }

    private void scheduleNext() {
        next = connector.getScheduler().schedule(this::look, between, TimeUnit.NANOSECONDS);
    }

    private void look() {
        try {
            long now = System.nanoTime();
            List<WatchedEndPoint> idle = new ArrayList<>();
            int connections = 0;
            for (EndPoint endPoint : connector.getConnectedEndPoints()) {
                if (endPoint instanceof WatchedEndPoint socket) {
                    connections++;
                    socket.pace().look(socket, now);
                    if (socket.getIdleFor() >= LEAST_IDLE_MILLIS
                            && socket.pace().isIdle(socket)) {
                        idle.add(socket);
                    }
                }
            }
            if (connections >= limits.connections()) {
                makeRoom(idle);
            }
        } finally {
            if (isRunning()) {
                scheduleNext();
            }
        }
    }

    private void makeRoom(List<WatchedEndPoint> idle) {
        idle.sort(Comparator.comparingLong(WatchedEndPoint::getIdleFor).reversed());
        idle.stream()
                .limit(Math.max(1, limits.connections() / 10))
                .forEach(socket -> socket.close(new TimeoutException("there are too many connections")));
    }
}
