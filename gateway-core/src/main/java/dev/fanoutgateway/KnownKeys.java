package dev.fanoutgateway;

import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The digests of keys that were found valid lately. Has a place for each of 16,384, given by the digest's first bits; of two
 * that share one it knows the later. Nobody can choose a digest without choosing the key, so that nobody can crowd out
 * others on purpose. Safe for use by any thread; asked for every request, so that it neither locks nor allocates.
 */
final class KnownKeys {
    private static final int PLACES = 1 << 14;

    private final AtomicReferenceArray<byte[]> digests = new AtomicReferenceArray<>(PLACES);

    void add(byte[] digest) {
        if (!contains(digest)) {
            digests.set(place(digest), digest);
        }
    }

    boolean contains(byte[] digest) {
        byte[] known = digests.get(place(digest));
        return known != null && MessageDigest.isEqual(known, digest);
    }

    private static int place(byte[] digest) {
        return ((digest[0] & 0xff) << 8 | (digest[1] & 0xff)) & (PLACES - 1);
    }
}
