package dev.fanoutgateway.examples.standalone;

import java.util.concurrent.atomic.LongAdder;

/**
 * What the requests with one key must have cost: one credit for each that was answered, none for one that the gateway failed.
 * Those of which a client cannot know count apart. Safe for use by any thread.
 */
final class SoakAccount {
    final String key;
    final LongAdder answered = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder unknown = new LongAdder();

    SoakAccount(String key) {
        this.key = key;
    }

    void count(SoakConnection.Reply reply) {
        if (reply.status() == 200 && reply.whole()) {
            answered.increment();
        } else if (reply.status() == 200 || reply.text().contains("\"gateway-unavailable\"")) {
            unknown.increment(); // broken off, or Redis may have done what it could not say
        } else {
            failed.increment();
        }
    }

    @Override
    public String toString() {
        return key + ": " + answered + " answered, " + failed + " failed, " + unknown + " unknown";
    }
}
