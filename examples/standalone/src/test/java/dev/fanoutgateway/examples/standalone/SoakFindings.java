package dev.fanoutgateway.examples.standalone;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What a soak has seen: how often each kind of answer came, and everything that must not be. Safe for use by any thread. */
final class SoakFindings {
    private static final int MOST_KEPT = 200;

    private final Map<String, LongAdder> answers = new ConcurrentSkipListMap<>();
    private final Map<String, Integer> changed = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    void answer(String kind, Object outcome) {
        answers.computeIfAbsent(kind + " " + outcome, name -> new LongAdder()).increment();
    }

    void wrong(String what) {
        if (wrong.size() < MOST_KEPT) {
            wrong.add(what);
        }
    }

    Queue<String> wrong() {
        return wrong;
    }

    Map<String, LongAdder> answers() {
        return answers;
    }

    /** The least version that an answer to a request that is begun now may have, by name. */
    Map<String, Integer> changed() {
        return changed;
    }

    long requests() {
        return answers.values().stream().mapToLong(LongAdder::sum).sum();
    }
}
