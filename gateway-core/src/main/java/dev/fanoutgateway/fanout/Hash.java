package dev.fanoutgateway.fanout;

/** Hashes of 64 bits that are the same on every machine and in every release: FNV-1a, mixed as SplitMix64 does. */
final class Hash {
    private Hash() {}

    static long of(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return mixed(hash);
    }

    static long mixed(long bits) {
        long z = bits + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** The hash as a number between 0 and 1, both excluded. */
    static double fraction(long hash) {
        return ((hash >>> 11) + 0.5) * 0x1p-53;
    }
}
