package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailedAttemptsTest {
    private final Stand stand = new Stand().all(Script.ok("prices"));

    @BeforeEach
    void threeFailuresAMinute() {
        stand.builder
                .failedAuthentication(Limit.perMinute(3))
                .key("one", "key-one", "any")
                .key("two", "key-two", "any");
    }

    private int status(String key, String address) {
        return stand.answer(GatewayRequest.get("/a").header("X-API-Key", key).from(address))
                .status();
    }

    private void fail(int times, String address) {
        for (int i = 0; i < times; i++) {
            assertThat(status("guess-" + i, address)).isEqualTo(401);
        }
    }

    @Test
    void anAddressThatHasUsedUpItsFailuresIsBlockedUnseen() {
        fail(3, "192.0.2.1");
        GatewayResponse blocked = stand.answer(
                GatewayRequest.get("/a").header("X-API-Key", "key-one").from("192.0.2.1"));
        assertThat(blocked.status()).isEqualTo(429);
        assertThat(field(blocked, "Retry-After")).isEqualTo("20");
        assertThat(blocked.body().utf8()).contains("too-many-failures");
        assertThat(stand.lastRecord().outcome()).isEqualTo(Outcome.LIMITED);
        assertThat(stand.backends.requests()).isEmpty();
    }

    @Test
    void guessingGoesNoFasterThanTheLimit() {
        fail(3, "192.0.2.1");
        int looked = 0;
        for (int second = 0; second < 600; second++) {
            stand.pass(1_000);
            looked += status("guess", "192.0.2.1") == 401 ? 1 : 0;
        }
        assertThat(looked).isEqualTo(30);
    }

    @Test
    void otherAddressesAndMissingKeysAreNotConcerned() {
        fail(3, "192.0.2.1");
        assertThat(status("key-one", "192.0.2.2")).isEqualTo(200);
        assertThat(status("guess", "192.0.2.2")).isEqualTo(401);
        assertThat(stand.answer(GatewayRequest.get("/a").from("192.0.2.1")).status())
                .isEqualTo(401);
    }

    @Test
    void aKeyThatWasFoundValidLatelyPassesABlockedAddress() {
        assertThat(status("key-one", "192.0.2.9")).isEqualTo(200);
        fail(3, "192.0.2.1");
        assertThat(status("key-one", "192.0.2.1")).isEqualTo(200);
        assertThat(status("key-two", "192.0.2.1")).isEqualTo(429);
    }

    @Test
    void timeUnblocks() {
        fail(3, "192.0.2.1");
        stand.pass(19_999);
        assertThat(status("key-one", "192.0.2.1")).isEqualTo(429);
        stand.pass(1);
        assertThat(status("key-one", "192.0.2.1")).isEqualTo(200);
    }

    @Test
    void malformedKeysCountAndValidOnesDoNot() {
        for (int i = 0; i < 20; i++) {
            assertThat(status("key-one", "192.0.2.1")).isEqualTo(200);
        }
        assertThat(status("", "192.0.2.1")).isEqualTo(401);
        assertThat(status("\u00e9", "192.0.2.1")).isEqualTo(401);
        assertThat(status("x".repeat(600), "192.0.2.1")).isEqualTo(401);
        assertThat(status("", "192.0.2.1")).isEqualTo(429);
    }

    @Test
    void missingKeysDoNotCount() {
        for (int i = 0; i < 20; i++) {
            assertThat(stand.answer(GatewayRequest.get("/a").from("192.0.2.1")).status())
                    .isEqualTo(401);
        }
        fail(3, "192.0.2.1");
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:1:2::1, 2001:db8:1:2:ffff:ffff:ffff:ffff",
        "2001:db8::1, 2001:db8::2",
        "2001:db8::1:2:3:4, 2001:db8::5:6:7:8",
        "2001:db8:0:0:1:2:3:4, 2001:db8::9",
        "2001:DB8::1, 2001:0db8::ffff",
        "::1, ::2",
        "fe80::1%eth0, fe80::2%eth1",
        "[2001:db8::1], 2001:db8::7",
        "::ffff:192.0.2.1, 192.0.2.1",
        "2001:db8:1::a:b:c:d, 2001:db8:1:0:1:1:1:1"
    })
    void addressesOfOneNetworkCountAsOne(String one, String other) {
        fail(3, one);
        assertThat(status("guess", other)).isEqualTo(429);
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:1:2::1, 2001:db8:1:3::1",
        "2001:db8::1, 2001:db8:0:1::1",
        "192.0.2.1, 192.0.2.11",
        "::ffff:192.0.2.1, ::ffff:192.0.2.2",
        "a:b, a:c",
        "1:2:3:4:5:6:7:8:9, 1:2:3:4:5:6:7:8:a",
        "2001:db8:::1, 2001:db8:::2",
        "unknown, _hidden",
        "::g, ::h"
    })
    void othersDoNot(String one, String other) {
        fail(3, one);
        assertThat(status("key-one", other)).isEqualTo(200);
    }
}
