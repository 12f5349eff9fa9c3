package dev.fanoutgateway.caching;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Dates as HTTP writes them (RFC 9110 section 5.6.7): one form to write, three to read. Strict: a date in any other form is
 * no date, which a cache takes for one in the past. Never fails on what it reads.
 */
final class HttpDates {
    /** No date. */
    static final long INVALID = Long.MIN_VALUE;

    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
    private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    private static final List<String> LONG_DAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

    private HttpDates() {}

    /** An IMF-fixdate such as {@code Sun, 06 Nov 1994 08:49:37 GMT}; milliseconds are cut off. For the years 0 to 9999. */
    static String format(long millis) {
        OffsetDateTime date = Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(29);
        text.append(DAYS.get(date.getDayOfWeek().getValue() - 1)).append(", ");
        appendPadded(text, date.getDayOfMonth());
        text.append(' ').append(MONTHS.get(date.getMonthValue() - 1)).append(' ');
        appendPadded(text, date.getYear() / 100);
        appendPadded(text, date.getYear() % 100);
        appendPadded(text.append(' '), date.getHour());
        appendPadded(text.append(':'), date.getMinute());
        appendPadded(text.append(':'), date.getSecond());
        return text.append(" GMT").toString();
    }

    /** In milliseconds since 1970; {@link #INVALID} if it is no date. {@code nowMillis} gives two-digit years a century. */
    static long parse(String text, long nowMillis) {
        String date = Ascii.trim(text);
        int comma = date.indexOf(',');
        if (comma == 3) {
            return imfFixdate(date);
        }
        return comma > 0 ? rfc850(date, comma, nowMillis) : asctime(date);
    }

    /** {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
    private static long imfFixdate(String date) {
        boolean shaped = date.length() == 29
                && DAYS.contains(date.substring(0, 3))
                && hasAt(date, 4, " ")
                && hasAt(date, 7, " ")
                && hasAt(date, 11, " ")
                && hasAt(date, 16, " ")
                && hasAt(date, 25, " GMT");
        return shaped ? millis(number(date, 12, 4), date.substring(8, 11), number(date, 5, 2), date, 17) : INVALID;
    }

    /** {@code Sunday, 06-Nov-94 08:49:37 GMT}: a year more than 50 years ahead belongs to the past. */
    private static long rfc850(String date, int comma, long nowMillis) {
        int at = comma + 2;
        boolean shaped = date.length() == comma + 24
                && LONG_DAYS.contains(date.substring(0, comma))
                && hasAt(date, comma + 1, " ")
                && hasAt(date, at + 2, "-")
                && hasAt(date, at + 6, "-")
                && hasAt(date, at + 9, " ")
                && hasAt(date, at + 18, " GMT");
        int shortYear = shaped ? number(date, at + 7, 2) : -1;
        if (shortYear < 0) {
            return INVALID;
        }
        int thisYear = Instant.ofEpochMilli(nowMillis).atOffset(ZoneOffset.UTC).getYear();
        int year = thisYear - Math.floorMod(thisYear, 100) + shortYear;
        if (year > thisYear + 50) {
            year -= 100;
        }
        return millis(year, date.substring(at + 3, at + 6), number(date, at, 2), date, at + 10);
    }

    /** {@code Sun Nov  6 08:49:37 1994}. */
    private static long asctime(String date) {
        boolean shaped = date.length() == 24
                && DAYS.contains(date.substring(0, 3))
                && hasAt(date, 3, " ")
                && hasAt(date, 7, " ")
                && hasAt(date, 10, " ")
                && hasAt(date, 19, " ");
        if (!shaped) {
            return INVALID;
        }
        int day = date.charAt(8) == ' ' ? number(date, 9, 1) : number(date, 8, 2);
        return millis(number(date, 20, 4), date.substring(4, 7), day, date, 11);
    }

    /** With the time of day {@code HH:mm:ss} at {@code time}; a leap second counts as the one before it. */
    private static long millis(int year, String monthName, int day, String date, int time) {
        int month = MONTHS.indexOf(monthName) + 1;
        int hour = number(date, time, 2);
        int minute = number(date, time + 3, 2);
        int second = number(date, time + 6, 2);
        if (year < 0 || month == 0 || day < 0 || hour < 0 || minute < 0 || second < 0 || second > 60) {
            return INVALID;
        }
        if (!hasAt(date, time + 2, ":") || !hasAt(date, time + 5, ":")) {
            return INVALID;
        }
        try {
            return LocalDateTime.of(year, month, day, hour, minute, Math.min(second, 59))
                    .toInstant(ZoneOffset.UTC)
                    .toEpochMilli();
        } catch (DateTimeException e) {
            return INVALID; // such as 31 Feb
        }
    }

    private static void appendPadded(StringBuilder text, int twoDigits) {
        text.append((char) ('0' + twoDigits / 10)).append((char) ('0' + twoDigits % 10));
    }

    private static boolean hasAt(String text, int at, String part) {
        return text.startsWith(part, at);
    }

    /** The digits at {@code from}; -1 if there are others than digits. */
    private static int number(String text, int from, int length) {
        int number = 0;
        for (int i = from; i < from + length; i++) {
            if (!Ascii.isDigit(text.charAt(i))) {
                return -1;
            }
            number = number * 10 + (text.charAt(i) - '0');
        }
        return number;
    }
}
