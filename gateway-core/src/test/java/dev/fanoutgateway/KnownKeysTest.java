package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.spi.KeyCredential;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KnownKeysTest {
    private final KnownKeys keys = new KnownKeys();

    @Test
    void knowsWhatWasAddedAndNothingElse() {
        keys.add(digest(1));
        for (int i = 0; i < 50_000; i++) { // so many that some have the same place
            assertThat(keys.contains(digest(i))).isEqualTo(i == 1);
        }
    }

    @Test
    void everyDigestHasAPlaceAndTheLaterOfTwoIsKnown() {
        byte[] first = new byte[32];
        byte[] second = new byte[32];
        second[31] = 1;
        keys.add(first);
        keys.add(second);
        assertThat(keys.contains(second)).isTrue();
        assertThat(keys.contains(first)).isFalse();
        byte[] highest = new byte[32];
        Arrays.fill(highest, (byte) 0xff);
        keys.add(highest);
        assertThat(keys.contains(highest)).isTrue();
    }

    private static byte[] digest(int key) {
        return KeyCredential.sha256Of("key-" + key);
    }
}
