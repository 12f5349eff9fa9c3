package dev.fanoutgateway.examples.benchmarks;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.http.GatewayRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Clients that call a gateway in this JVM, and think for a random time before each request. */
final class Clients {
    private Clients() {}

    /** What became of the requests: how many failed, and the latencies in ascending order, in nanoseconds. */
    record Outcome(int failures, long[] nanos) {
        double millis(double percent) {
            return nanos[Math.min(nanos.length - 1, (int) (nanos.length * percent / 100))] / 1e6;
        }

        int requests() {
            return nanos.length;
        }
    }

    static Outcome run(FanoutGateway gateway, int clients, Duration think, int requests) throws InterruptedException {
        long[] nanos = new long[requests];
        AtomicInteger next = new AtomicInteger();
        AtomicInteger failures = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(clients);
        for (int i = 0; i < clients; i++) {
            Thread client = new Thread(() -> {
                for (int number = next.getAndIncrement(); number < requests; number = next.getAndIncrement()) {
                    double chance = ThreadLocalRandom.current().nextDouble();
                    LockSupport.parkNanos((long) (-think.toNanos() * Math.log1p(-chance)));
                    long start = System.nanoTime();
                    int status =
                            gateway.handle(GatewayRequest.get("/prices")).join().status();
                    nanos[number] = System.nanoTime() - start;
                    failures.addAndGet(status == 200 ? 0 : 1);
                }
                done.countDown();
            });
            client.setDaemon(true);
            client.start();
        }
        done.await();
        Arrays.sort(nanos);
        return new Outcome(failures.get(), nanos);
    }
}
