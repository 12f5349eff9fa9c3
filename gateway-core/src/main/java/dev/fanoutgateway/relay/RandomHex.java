package dev.fanoutgateway.relay;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** Random numbers as hexadecimal text: to tell requests apart, not to keep anything secret. */
final class RandomHex {
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    private RandomHex() {}

    /** 32 characters, not all of them zero. */
    static String sixteenOctets() {
        byte[] text = new byte[32];
        write(nonZero(), text, 0);
        write(ThreadLocalRandom.current().nextLong(), text, 16);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** 16 characters, not all of them zero. */
    static String eightOctets() {
        byte[] text = new byte[16];
        write(nonZero(), text, 0);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static long nonZero() {
        long drawn = ThreadLocalRandom.current().nextLong();
        return drawn == 0 ? 1 : drawn;
    }

    private static void write(long number, byte[] text, int from) {
        for (int i = 0; i < 16; i++) {
            text[from + i] = DIGITS[(int) (number >>> 60 - 4 * i) & 0xf];
        }
    }
}
