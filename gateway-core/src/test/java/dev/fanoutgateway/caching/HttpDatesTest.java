package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 section 5.6.7. */
class HttpDatesTest {
    private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Sun, 06 Nov 1994 08:49:37 GMT     | 1994-11-06T08:49:37Z
                    Sunday, 06-Nov-94 08:49:37 GMT    | 1994-11-06T08:49:37Z
                    Sun Nov  6 08:49:37 1994          | 1994-11-06T08:49:37Z
                    Sun Nov 16 08:49:37 1994          | 1994-11-16T08:49:37Z
                    Thu, 29 Feb 2024 23:59:59 GMT     | 2024-02-29T23:59:59Z
                    Sat, 31 Dec 2016 23:59:60 GMT     | 2016-12-31T23:59:59Z
                    Fri, 31 Dec 9999 23:59:59 GMT     | 9999-12-31T23:59:59Z
                    Sat, 01 Jan 0000 00:00:00 GMT     | 0000-01-01T00:00:00Z
                    Friday, 01-Jan-76 00:00:00 GMT    | 2076-01-01T00:00:00Z
                    Saturday, 01-Jan-77 00:00:00 GMT  | 1977-01-01T00:00:00Z
                    """)
    void readsItsThreeForms(String text, Instant expected) {
        assertThat(HttpDates.parse(text, NOW)).isEqualTo(expected.toEpochMilli());
        assertThat(HttpDates.parse(" " + text + "\t", NOW)).isEqualTo(expected.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "-1",
                ",",
                "Sun,",
                "Sun, 06 Nov 1994 08:49:37 UTC",
                "Sun, 06 Nov 1994 08:49:37 +0000",
                "Sun, 06 Nov 1994 08:49:37 gmt",
                "Sun, 06 Nov 1994 08:49:37",
                "Sun, 06 Nov 1994 08:49:37 GMT+1",
                "Sun, 6 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 94 08:49:37 GMT",
                "Sun, 06 nov 1994 08:49:37 GMT",
                "sun, 06 Nov 1994 08:49:37 GMT",
                "Foo, 06 Nov 1994 08:49:37 GMT",
                "Sun, 06 Foo 1994 08:49:37 GMT",
                "Sun, 31 Feb 1994 08:49:37 GMT",
                "Sun, 00 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 24:00:00 GMT",
                "Sun, 06 Nov 1994 08:60:37 GMT",
                "Sun, 06 Nov 1994 08:49:61 GMT",
                "Sun, 06 Nov 1994 8:49:37 GMT",
                "Sun, 06-Nov-1994 08:49:37 GMT",
                "Sun, -6 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08.49.37 GMT",
                "Sunday, 06-Nov-1994 08:49:37 GMT",
                "Sun Nov 6 08:49:37 1994",
                "Sun Nov 06 08:49:37 94",
                "1994-11-06T08:49:37Z",
                "\u0660\u0666, 06 Nov 1994 08:49:37 GMT",
                "Sun, \u0660\u0666 Nov 1994 08:49:37 GMT",
            })
    void anythingElseIsNoDate(String text) {
        assertThat(HttpDates.parse(text, NOW)).isEqualTo(HttpDates.INVALID);
    }

    @Test
    void writesWhatItReads() {
        Random random = new Random(1);
        DateTimeFormatter rfc850 = DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.US);
        DateTimeFormatter asctime = DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US);
        for (int i = 0; i < 20_000; i++) {
            long seconds = random.nextLong(0, 253_402_300_800L);
            var date = Instant.ofEpochSecond(seconds).atOffset(ZoneOffset.UTC);
            assertThat(HttpDates.parse(HttpDates.format(seconds * 1000 + random.nextInt(1000)), NOW))
                    .isEqualTo(seconds * 1000);
            assertThat(HttpDates.parse(asctime.format(date), NOW)).isEqualTo(seconds * 1000);
            if (date.getYear() > 1976 && date.getYear() < 2076) {
                assertThat(HttpDates.parse(rfc850.format(date), NOW)).isEqualTo(seconds * 1000);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nothingThrows(long seed) {
        Random random = new Random(seed);
        String[] forms = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
        };
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder(Generated.one(forms, random));
            for (int changes = random.nextInt(4); changes > 0 && text.length() > 0; changes--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.setCharAt(at, "0 9,:-GZ\u0660".charAt(random.nextInt(9)));
                    default -> text.insert(at, "0 9,:-GZ\u0660".charAt(random.nextInt(9)));
                }
            }
            HttpDates.parse(text.toString(), NOW);
        }
    }
}
