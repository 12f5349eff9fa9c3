package dev.fanoutgateway;

/** Durations as they are shown: in milliseconds, to the microsecond, never in exponents. */
final class Millis {
    private static final long MICRO = 1_000;

    private Millis() {}

    /** Such as {@code 31}, {@code 0.5} or {@code 12.345}; of a negative duration its absolute value behind a minus. */
    static String text(long nanos) {
        long micros = nanos / MICRO;
        long whole = Math.abs(micros / MICRO);
        long rest = Math.abs(micros % MICRO);
        String sign = micros < 0 ? "-" : "";
        if (rest == 0) {
            return sign + whole;
        }
        String digits = Long.toString(MICRO + rest).substring(1);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return sign + whole + '.' + digits.substring(0, end);
    }
}
