package dev.fanoutgateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HopByHopTest {
    @ParameterizedTest
    @CsvSource({
        "Connection",
        "keep-alive",
        "TE",
        "Trailer",
        "UPGRADE",
        "Transfer-Encoding",
        "Proxy-Connection",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "HTTP2-Settings",
    })
    void fieldsOfOneConnectionAreNotPassedOn(String name) {
        assertThat(HopByHop.endToEnd(Headers.of(name, "x", "Accept", "*/*"))).isEqualTo(Headers.of("Accept", "*/*"));
    }

    @Test
    void fieldsThatConnectionNamesAreNotPassedOn() {
        Headers headers = Headers.of(
                "Connection",
                "close, x-one",
                "X-One",
                "1",
                "x-two",
                "2",
                "Connection",
                " X-Two ,,keep-alive",
                "X",
                "3");

        assertThat(HopByHop.endToEnd(headers)).isEqualTo(Headers.of("X", "3"));
    }

    @Test
    void nobodyTakesTheHostAway() {
        Headers kept = HopByHop.endToEnd(Headers.of("Host", "a", "Connection", "Host, X-A", "X-A", "1"));

        assertThat(kept).isEqualTo(Headers.of("Host", "a"));
    }

    @Test
    void nothingIsCopiedWhereEverythingIsPassedOn() {
        Headers headers = Headers.of("Accept", "*/*", "Host", "a");

        assertThat(HopByHop.endToEnd(headers)).isSameAs(headers);
    }
}
