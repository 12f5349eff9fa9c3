package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Refresh}: whether a hit brings a refresh with it. */
class RefreshTest {
    private static final CachePolicy STANDARD = CachePolicy.standard();

    @ParameterizedTest(name = "share {0} of 100 s, {1} s before the end: {2}")
    @CsvSource(textBlock = """
                    0,    0.001, false
                    0.1,  10,    false
                    0.1,  9.999, true
                    0.5,  50,    false
                    0.5,  49,    true
                    0.9,  89.9,  true
                    """)
    void isDueWithinTheLastShare(double share, double left, boolean due) {
        CachePolicy policy = STANDARD.refreshAhead(share).earlyRefresh(0);
        long now = (long) (100_000 - left * 1000);
        assertThat(Refresh.due(policy, entry(0, 100_000, 5_000), now, () -> 0.999999))
                .isEqualTo(due);
    }

    /** The share is of the time that it is fresh here, not of what it has spent elsewhere. */
    @Test
    void ageOnArrivalShortensTheShare() {
        CachePolicy policy = STANDARD.refreshAhead(0.5).earlyRefresh(0);
        CachedResponse entry = entry(80_000, 100_000, 0);
        assertThat(Refresh.due(policy, entry, 9_999, () -> 0)).isFalse();
        assertThat(Refresh.due(policy, entry, 10_001, () -> 0)).isTrue();
    }

    /** XFetch: due if the time left is less than beta times the cost times -ln of an even chance. */
    @ParameterizedTest(name = "beta {0}, took {1} ms, {2} ms before the end, by {3}: {4}")
    @CsvSource(textBlock = """
                    1, 1000, 693,   0.5,        true
                    1, 1000, 694,   0.5,        false
                    2, 1000, 1386,  0.5,        true
                    2, 1000, 1387,  0.5,        false
                    1, 1000, 2302,  0.9,        true
                    1, 1000, 2303,  0.9,        false
                    1, 1000, 1,     0,          false
                    0, 1000, 1,     0.999999,   false
                    1, 0,    1,     0.999999,   false
                    1, 1000, 20000, 0.99999999999, false
                    1, 1000, 19999, 0.99999999999, true
                    1, 1000, 1000,  1,          true
                    """)
    void isDueByChance(double beta, long took, long left, double random, boolean due) {
        CachePolicy policy = STANDARD.earlyRefresh(beta);
        assertThat(Refresh.due(policy, entry(0, 100_000, took), 100_000 - left, () -> random))
                .isEqualTo(due);
    }

    /** The chance with so much time left is e to the power of minus its share of the cost. */
    @Test
    void chanceIsAsThePaperSays() {
        Random random = new Random(1);
        CachedResponse entry = entry(0, 100_000, 1_000);
        int due = 0;
        for (int i = 0; i < 100_000; i++) {
            due += Refresh.due(STANDARD, entry, 99_000, random::nextDouble) ? 1 : 0;
        }
        assertThat(due / 100_000.0).isBetween(Math.exp(-1) - 0.01, Math.exp(-1) + 0.01);
    }

    @Test
    void nonsenseOverflowsNothing() {
        CachedResponse entry = entry(-5, Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(Refresh.due(STANDARD.refreshAhead(0.9), entry, Long.MAX_VALUE, () -> 0.5))
                .isTrue();
    }

    private static CachedResponse entry(long initialAge, long fresh, long took) {
        return new CachedResponse(
                CachedResponse.Kind.RESPONSE,
                200,
                Headers.empty(),
                new byte[0],
                "b",
                0,
                initialAge,
                fresh,
                fresh,
                took);
    }
}
