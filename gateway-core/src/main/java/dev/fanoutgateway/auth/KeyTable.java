package dev.fanoutgateway.auth;

import dev.fanoutgateway.spi.Caller;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keys by their digests. Filled by one thread, then read by any.
 *
 * <p>Buckets go by the digest's first 64 bits, which nobody can choose without choosing the key; what is in a bucket is
 * compared in constant time. A miss compares with a digest of nothing, so that it does the same work as a hit.
 */
final class KeyTable {
    private static final Instant LAST_MILLI = Instant.ofEpochMilli(Long.MAX_VALUE);
    private static final Instant FIRST_MILLI = Instant.ofEpochMilli(Long.MIN_VALUE);
    private static final List<Row> NOBODY = List.of(new Row(new byte[32], Long.MIN_VALUE, Optional.empty()));

    private final Map<Long, List<Row>> rows = new HashMap<>();
    private final Map<String, Caller> callers = new HashMap<>();
    private int size;

    /**
     * Adds a key.
     *
     * @throws IllegalArgumentException naming the ids if its digest is there already, or if its caller is there with
     *     another plan or other attributes
     */
    void add(KeyEntry entry) {
        byte[] digest = HexFormat.of().parseHex(entry.sha256Hex());
        Caller caller = new Caller(entry.id(), entry.plan(), entry.attributes());
        Caller known = callers.get(entry.id());
        checkPlan(known, caller);
        if (known != null && !known.attributes().equals(caller.attributes())) {
            throw new IllegalArgumentException("attributes: expected the same attributes for all keys of '" + entry.id()
                    + "', got different ones");
        }
        List<Row> bucket = rows.computeIfAbsent(prefixOf(digest), prefix -> new ArrayList<>(1));
        for (Row row : bucket) {
            if (MessageDigest.isEqual(row.digest, digest)) {
                String other = row.caller.map(Caller::id).orElse("");
                throw new IllegalArgumentException(
                        other.equals(entry.id())
                                ? "key: expected different keys, got the same one twice for '" + other + "'"
                                : "key: expected different keys, got the same one for '%s' and '%s'"
                                        .formatted(other, entry.id()));
            }
        }
        bucket.add(new Row(digest, millisOf(entry.expires()), Optional.of(known == null ? caller : known)));
        callers.putIfAbsent(entry.id(), caller);
        size++;
    }

    /**
     * Checks that {@code entry}, which another table gets, does not contradict this one.
     *
     * @throws IllegalArgumentException naming the id if its digest is here, or its caller with another plan
     */
    void checkBeside(KeyEntry entry) {
        checkPlan(callers.get(entry.id()), new Caller(entry.id(), entry.plan(), entry.attributes()));
        find(HexFormat.of().parseHex(entry.sha256Hex()), Long.MIN_VALUE).ifPresent(holder -> {
            throw new IllegalArgumentException("key: expected different keys, got one that '" + holder.id()
                    + "' has already, by what is given elsewhere");
        });
    }

    private static void checkPlan(@Nullable Caller known, Caller caller) {
        if (known != null && !known.plan().equals(caller.plan())) {
            throw new IllegalArgumentException("plan: expected one plan for all keys of '%s', got '%s' and '%s'"
                    .formatted(caller.id(), known.plan(), caller.plan()));
        }
    }

    /** Who holds the key of this digest at {@code nowMillis}. */
    Optional<Caller> find(byte[] digest, long nowMillis) {
        Optional<Caller> found = Optional.empty();
        for (Row row : rows.getOrDefault(prefixOf(digest), NOBODY)) {
            boolean equal = MessageDigest.isEqual(row.digest, digest);
            boolean valid = nowMillis < row.expiresMillis;
            if (equal & valid) {
                found = row.caller;
            }
        }
        return found;
    }

    int size() {
        return size;
    }

    private static long prefixOf(byte[] digest) {
        return ByteBuffer.wrap(digest).getLong();
    }

    private static long millisOf(@Nullable Instant expires) {
        if (expires == null || expires.isAfter(LAST_MILLI)) {
            return Long.MAX_VALUE;
        }
        return expires.isBefore(FIRST_MILLI) ? Long.MIN_VALUE : expires.toEpochMilli();
    }

    private static final class Row {
        final byte[] digest;
        final long expiresMillis;
        final Optional<Caller> caller;

        Row(byte[] digest, long expiresMillis, Optional<Caller> caller) {
            this.digest = digest;
            this.expiresMillis = expiresMillis;
            this.caller = caller;
        }
    }
}
