package dev.fanoutgateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "127.0.0.1",
                "255.255.255.255",
                "192.0.2.1",
                "::",
                "::1",
                "1::",
                "2001:db8::1",
                "2001:DB8:0:0:0:0:0:1",
                "1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7::",
                "::2:3:4:5:6:7:8",
                "1::8",
                "fe80::1",
                "::ffff:192.0.2.1",
                "::192.0.2.1",
                "64:ff9b::192.0.2.1",
                "1:2:3:4:5:6:192.0.2.1",
                "::ffff:c000:201",
                "abcd:ef01:2345:6789:abcd:ef01:2345:6789"
            })
    void isWhatJavaTakesItFor(String text) throws UnknownHostException {
        assertThat(IpAddress.parse(text)).isEqualTo(InetAddress.getByName(text).getAddress());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1",
                "1.2",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "256.0.0.1",
                "1.2.3.999",
                "01.2.3.4",
                "1.2.3.04",
                "0x7f.0.0.1",
                "1.2.3.4 ",
                " 1.2.3.4",
                "1.2.3.4:80",
                "2130706433",
                "localhost",
                "example.org",
                "a.b.c.d",
                "-1.2.3.4",
                "+1.2.3.4",
                "1.2.3.4/8",
                ":",
                ":::",
                ":1",
                "1:",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "::1::",
                "12345::",
                "g::",
                "[::1]",
                "fe80::1%eth0",
                "fe80::1%1",
                "1:2:3:4:5:6:7:192.0.2.1",
                "::192.0.2.256",
                "::192.0.2",
                "192.0.2.1::",
                "::192.0.2.1:1",
                "1:2:3:4:5:6:7::8",
                "\u0661.2.3.4",
                "::\u0661",
                "1.2.3.4\u0000",
                "1,2.3.4",
                "unknown",
                "_hidden",
                "::-1",
                "::+1",
                "1.2.3.4.",
                "0000000000000000000000000000000000000000000001"
            })
    void isNoAddress(String text) {
        assertThat(IpAddress.parse(text)).isNull();
        assertThat(TrustedProxies.of(java.util.List.of("0.0.0.0/0", "::/0")).contains(text))
                .isFalse();
    }

    @Test
    void everyAddressOfJavaIsReadAgain() throws UnknownHostException {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] octets = new byte[random.nextBoolean() ? 4 : 16];
            if (random.nextInt(3) > 0) {
                random.nextBytes(octets);
            }
            octets[random.nextInt(octets.length)] = (byte) random.nextInt();
            String text = InetAddress.getByAddress(octets).getHostAddress();
            assertThat(IpAddress.parse(text))
                    .isEqualTo(InetAddress.getByName(text).getAddress());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.1.2.3, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, ::ffff:10.9.9.9, true",
        "10.0.0.0/8, ::10.9.9.9, false",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.128/25, 192.0.2.128, true",
        "192.0.2.128/25, 192.0.2.255, true",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 203.0.113.9, false",
        "::/0, 2001:db8::, true",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::1, ::1, true",
        "::ffff:10.0.0.0/104, 10.3.3.3, true",
        "::ffff:10.0.0.0/104, 11.3.3.3, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
    })
    void aBlockHoldsIt(String block, String address, boolean held) {
        assertThat(TrustedProxies.of(java.util.List.of(block)).contains(address))
                .isEqualTo(held);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.0.0.0/",
                "10.0.0.0/33",
                "::/129",
                "10.0.0.0/-1",
                "10.0.0.0/08",
                "10.0.0.0/+8",
                "10.0.0.1/8",
                "10.0.0.0/8/8",
                "192.0.2.129/25",
                "2001:db8::1/64",
                "localhost",
                "proxy.example.org",
                "10.0.0.0/255.0.0.0",
                "10/8",
                "10.0.0/8",
                "::ffff:10.0.0.0/95",
                "10.0.0.0/8 ",
                "*"
            })
    void isNoBlock(String text) {
        assertThatThrownBy(() -> Relay.standard().trusting(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
