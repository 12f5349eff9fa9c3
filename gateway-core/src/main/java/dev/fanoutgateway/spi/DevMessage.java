package dev.fanoutgateway.spi;

import java.time.Instant;
import java.util.List;

/**
 * Something the developers should know. Holds no key and no credential.
 *
 * @param type what kind of event
 * @param priority how urgent
 * @param fingerprint equal for messages about the same trouble; these are collapsed into one
 * @param title one line
 * @param details further lines: what was asked, who answered what
 * @param first when it happened first
 * @param last when it happened last
 * @param count how many equal events this message stands for, 1 or more
 */
public record DevMessage(
        Type type,
        Priority priority,
        String fingerprint,
        String title,
        List<String> details,
        Instant first,
        Instant last,
        long count) {

    /** The kinds of events. */
    public enum Type {
        /** No backend of a group gave a proper answer. */
        BACKENDS_DOWN(Priority.CRITICAL),
        /** Nobody had an acceptable answer, and some backends failed. */
        BACKENDS_DEGRADED(Priority.HIGH),
        /** One backend fails and is not asked for a while; the others of its group serve. */
        BACKEND_EJECTED(Priority.HIGH),
        /** Every backend answered that it has no such resource. */
        RESOURCE_ABSENT(Priority.LOW),
        /**
         * Every backend that was asked is well and refused a request: it lies with the request, or with what the route accepts.
         */
        REQUEST_REJECTED(Priority.NORMAL),
        /** Replicas of one group answer the same request differently. */
        REPLICAS_DIVERGED(Priority.NORMAL),
        /** A part of the gateway (a limiter, cache, authenticator, ...) fails. */
        PLUGIN_FAILED(Priority.HIGH),
        /** More requests wait for backends than the gateway may keep, or than the backends have room for: some are refused. */
        OVERLOADED(Priority.HIGH),
        /** A new configuration or key file was refused; the old one stays in force. */
        CONFIGURATION_REFUSED(Priority.HIGH),
        /** Trouble that was reported before is over. */
        RECOVERED(Priority.NORMAL);

        private final Priority priority;

        Type(Priority priority) {
            this.priority = priority;
        }

        /** How urgent this kind is unless said otherwise. */
        public Priority priority() {
            return priority;
        }
    }

    /** How urgent a message is, the least urgent first. */
    public enum Priority {
        LOW,
        NORMAL,
        HIGH,
        CRITICAL
    }

    public DevMessage {
        details = List.copyOf(details);
        if (count < 1) {
            throw new IllegalArgumentException("expected a count of 1 or more, got " + count);
        }
    }

    /** One event of {@code type}, at its usual priority. */
    public static DevMessage of(Type type, String fingerprint, String title, List<String> details, Instant at) {
        return new DevMessage(type, type.priority(), fingerprint, title, details, at, at, 1);
    }

    /** This message standing for {@code total} equal events, the last of them at {@code lastAt}. */
    public DevMessage repeated(long total, Instant lastAt) {
        return new DevMessage(type, priority, fingerprint, title, details, first, lastAt, total);
    }
}
