package dev.fanoutgateway.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendTest {
    @ParameterizedTest
    @ValueSource(strings = {"0", "00", "65536", "99999", "2147483647"})
    void aPortThatThereIsNotIsRefusedWithItsNumber(String port) {
        String message = "expected a port of 1 to 65535, got " + Integer.parseInt(port);
        assertThatThrownBy(() -> Backend.of("g", "http://h:" + port + "/x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        URI base = URI.create("http://h:" + port);
        assertThatThrownBy(() -> new Backend("g", "h", base))
                .as("a source's own")
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999", "-1", "x"})
    void aPortThatIsNoNumberOrNoneToBeReadMakesNoUrl(String port) {
        assertThatThrownBy(() -> Backend.of("g", "http://h:" + port))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected a backend URL such as");
    }

    @Test
    void everyOtherPortIsTaken() {
        for (int port : new int[] {1, 80, 65_535}) {
            assertThat(Backend.of("g", "http://h:" + port).base().getPort()).isEqualTo(port);
        }
        assertThat(Backend.of("g", "http://h").base().getPort()).isEqualTo(-1);
    }

    @Test
    void aUsersSecretIsNotTakenForAPort() {
        assertThatThrownBy(() -> Backend.of("g", "http://me:99999@h:99999"))
                .hasMessage("expected a backend URL without user, query and fragment, got one for host h");
    }
}
