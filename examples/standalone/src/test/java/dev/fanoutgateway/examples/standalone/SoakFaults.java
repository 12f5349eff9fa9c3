package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.examples.standalone.FaultProxy.Fault;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/** Faults at random, the same for the same seed but for their exact times. Each runs on a thread of its own until the end. */
final class SoakFaults {
    private static final Fault[] FAULTS = Fault.values();
    private static final int REDIS_KILLED = FAULTS.length;
    private static final int REDIS_HUNG = FAULTS.length + 1;

    private final SoakFindings findings;
    private final CountDownLatch end;

    SoakFaults(SoakFindings findings, CountDownLatch end) {
        this.findings = findings;
        this.end = end;
    }

    /** What has to be so before, or to come true. */
    interface Step {
        void run() throws Exception;
    }

    /** One of these at a time, now and then all of them. */
    void of(String what, List<FaultProxy> proxies, long seed) throws Exception {
        Random random = new Random(seed);
        while (!pause(random, 700)) {
            List<FaultProxy> some =
                    random.nextInt(8) == 0 ? proxies : List.of(proxies.get(random.nextInt(proxies.size())));
            for (FaultProxy proxy : some) {
                Fault fault = FAULTS[1 + random.nextInt(FAULTS.length - 1)];
                findings.answer("fault of " + what, fault);
                proxy.become(fault, random.nextInt(4_000));
            }
            pause(random, 2_000);
            for (FaultProxy proxy : some) {
                proxy.become(Fault.NONE, 0);
            }
        }
    }

    /**
     * Faults of Redis, or of the way to it.
     *
     * @param quiet held from before each fault until it is over
     * @param before each
     * @param recovered returns when it is over
     */
    void ofRedis(SoakRedis redis, FaultProxy way, Lock quiet, Step before, Step recovered, long seed) throws Exception {
        Random random = new Random(seed);
        while (!pause(random, 4_000)) {
            quiet.lock();
            try {
                before.run();
                int fault = 1 + random.nextInt(FAULTS.length + 1);
                findings.answer(
                        "fault of Redis",
                        fault < FAULTS.length ? FAULTS[fault] : fault == REDIS_HUNG ? "hung" : "killed");
                spoil(redis, way, fault, random);
                recovered.run();
            } finally {
                quiet.unlock();
            }
        }
    }

    private void spoil(SoakRedis redis, FaultProxy way, int fault, Random random)
            throws IOException, InterruptedException {
        if (fault == REDIS_KILLED) {
            redis.killAndRestart();
        } else if (fault == REDIS_HUNG) {
            redis.hang();
            pause(random, 3_000);
            redis.resume();
        } else {
            way.become(FAULTS[fault], random.nextInt(40));
            pause(random, 3_000);
            way.become(Fault.NONE, 0);
        }
    }

    /** Whether the end has come meanwhile. */
    private boolean pause(Random random, int mostMillis) throws InterruptedException {
        return end.await(50 + random.nextInt(mostMillis), TimeUnit.MILLISECONDS);
    }
}
