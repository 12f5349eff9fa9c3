package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Statuses}. Columns: with a stated lifetime, the same beside {@code must-understand}, by a guess, by default. */
class StatusesTest {
    @ParameterizedTest(name = "RFC 9111 sections 3 and 5.2.2.3, RFC 9110 section 15.1: {0}")
    @CsvSource(textBlock = """
                    100, false, false, false, false
                    103, false, false, false, false
                    200, true,  true,  true,  true
                    201, true,  false, false, false
                    203, true,  true,  true,  true
                    204, true,  true,  true,  true
                    206, false, false, false, false
                    299, true,  false, false, false
                    300, true,  true,  true,  true
                    301, true,  true,  true,  true
                    302, true,  true,  false, false
                    303, true,  true,  false, false
                    304, false, false, false, false
                    307, true,  true,  false, false
                    308, true,  true,  true,  true
                    400, true,  false, false, false
                    401, true,  false, false, false
                    404, true,  true,  true,  false
                    405, true,  true,  true,  false
                    410, true,  true,  true,  false
                    414, true,  true,  true,  false
                    416, true,  false, false, false
                    500, true,  true,  false, false
                    501, true,  true,  true,  false
                    503, true,  true,  false, false
                    599, true,  false, false, false
                    """)
    void sayWhatMayBeKept(int status, boolean stated, boolean mustUnderstand, boolean guessed, boolean byDefault) {
        assertThat(Statuses.storable(status, false)).isEqualTo(stated);
        assertThat(Statuses.storable(status, true)).isEqualTo(mustUnderstand);
        assertThat(Statuses.heuristic(status)).isEqualTo(guessed);
        assertThat(Statuses.keptByDefault(status)).isEqualTo(byDefault);
    }

    /** RFC 5861 section 4. */
    @Test
    void fourAreErrors() {
        for (int status = 100; status < 600; status++) {
            assertThat(Statuses.error(status)).isEqualTo(status == 500 || (status >= 502 && status <= 504));
        }
    }

    @Test
    void whatIsGuessedOrKeptByDefaultIsStorableAndUnderstood() {
        for (int status = 100; status < 600; status++) {
            if (Statuses.heuristic(status)) {
                assertThat(Statuses.storable(status, true)).isTrue();
            }
            if (Statuses.keptByDefault(status)) {
                assertThat(Statuses.heuristic(status)).isTrue();
            }
        }
    }
}
