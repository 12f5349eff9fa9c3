package dev.fanoutgateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Headers;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who the client is, as far as proxies at 10.0.0.0/8 and fd00::/8 tell. */
class ClientChainTest {
    private static final TrustedProxies TRUSTED = TrustedProxies.of(List.of("10.0.0.0/8", "fd00::/8"));

    @ParameterizedTest(name = "X-Forwarded-For: {0} -> {1}")
    @CsvSource(
            delimiter = '~',
            value = {
                "'' ~ 10.0.0.1",
                "192.0.2.1 ~ 192.0.2.1, 10.0.0.1",
                "192.0.2.1:4711 ~ 192.0.2.1, 10.0.0.1",
                "2001:db8::1 ~ 2001:db8::1, 10.0.0.1",
                "[2001:db8::1] ~ 2001:db8::1, 10.0.0.1",
                "[2001:db8::1]:80 ~ 2001:db8::1, 10.0.0.1",
                "::ffff:192.0.2.1 ~ 192.0.2.1, 10.0.0.1",
                "[::ffff:192.0.2.1]:1 ~ 192.0.2.1, 10.0.0.1",
                "6.6.6.6, 192.0.2.1 ~ 192.0.2.1, 10.0.0.1",
                "6.6.6.6 , 192.0.2.1 , 10.0.0.2 ~ 192.0.2.1, 10.0.0.2, 10.0.0.1",
                "192.0.2.1, fd00::2, 10.3.0.2 ~ 192.0.2.1, fd00::2, 10.3.0.2, 10.0.0.1",
                "10.0.0.3, 10.0.0.2 ~ 10.0.0.3, 10.0.0.2, 10.0.0.1",
                "192.0.2.1, ~ 192.0.2.1, 10.0.0.1",
                "',,192.0.2.1,,' ~ 192.0.2.1, 10.0.0.1",
                "6.6.6.6|192.0.2.1 ~ 192.0.2.1, 10.0.0.1",
                "192.0.2.1|10.0.0.2 ~ 192.0.2.1, 10.0.0.2, 10.0.0.1",
                "unknown ~ 10.0.0.1",
                "192.0.2.1, unknown ~ 10.0.0.1",
                "192.0.2.1, _hidden, 10.0.0.2 ~ 10.0.0.2, 10.0.0.1",
                "192.0.2.1, x ~ 10.0.0.1",
                "192.0.2.1, 1.2.3 ~ 10.0.0.1",
                "192.0.2.1, 010.0.0.2 ~ 10.0.0.1",
                "192.0.2.1, localhost ~ 10.0.0.1",
                "192.0.2.1, 1.2.3.4:99999999 ~ 10.0.0.1",
                "192.0.2.1, [2001:db8::1 ~ 10.0.0.1",
                "192.0.2.1, [1.2.3.4] ~ 10.0.0.1",
                "192.0.2.1, \"1.2.3.4\" ~ 10.0.0.1",
                "192.0.2.1, 1.2.3.4:_p ~ 1.2.3.4, 10.0.0.1",
                "192.0.2.1 10.0.0.2 ~ 10.0.0.1",
            })
    void byXForwardedFor(String lines, String hops) {
        Headers.Builder headers = Headers.builder();
        for (String line : lines.split("\\|")) {
            headers.add("x-forwarded-for", line);
        }
        assertThat(ClientChain.of("10.0.0.1", headers.build(), TRUSTED).hops()).containsExactly(hops.split(", "));
    }

    @ParameterizedTest(name = "Forwarded: {0} -> {1}")
    @CsvSource(
            delimiter = '~',
            value = {
                "for=192.0.2.1 ~ 192.0.2.1, 10.0.0.1 ~ '' ~ ''",
                "FOR=192.0.2.1;Proto=HTTPS;HOST=a.example ~ 192.0.2.1, 10.0.0.1 ~ https ~ a.example",
                "'for=\"192.0.2.1:47\"; proto=https; host=\"a.example:8443\"' ~ 192.0.2.1, 10.0.0.1 ~ https ~ a.example:8443",
                "'for=\"[2001:db8::1]\"' ~ 2001:db8::1, 10.0.0.1 ~ '' ~ ''",
                "'for=\"[2001:db8::1]:80\";by=_x' ~ 2001:db8::1, 10.0.0.1 ~ '' ~ ''",
                "for=[2001:db8::1]:80 ~ 2001:db8::1, 10.0.0.1 ~ '' ~ ''",
                "'for=\"1\\92.0.2.1\"' ~ 192.0.2.1, 10.0.0.1 ~ '' ~ ''",
                "'for=6.6.6.6;proto=https, for=192.0.2.1;proto=http' ~ 192.0.2.1, 10.0.0.1 ~ http ~ ''",
                "'for=192.0.2.1;host=a, for=10.0.0.2;host=b' ~ 192.0.2.1, 10.0.0.2, 10.0.0.1 ~ '' ~ a",
                "for=6.6.6.6;host=e|for=192.0.2.1;host=a ~ 192.0.2.1, 10.0.0.1 ~ '' ~ a",
                "'for=192.0.2.1, for=unknown' ~ 10.0.0.1 ~ '' ~ ''",
                "'for=192.0.2.1, for=_hidden' ~ 10.0.0.1 ~ '' ~ ''",
                "'for=192.0.2.1, proto=https' ~ 10.0.0.1 ~ https ~ ''",
                "',, for=192.0.2.1 ,' ~ 192.0.2.1, 10.0.0.1 ~ '' ~ ''",
                "for=192.0.2.1;ext=\"a,b;c\" ~ 192.0.2.1, 10.0.0.1 ~ '' ~ ''",
                "for=192.0.2.1;;proto=https ~ 192.0.2.1, 10.0.0.1 ~ https ~ ''",
                "for=192.0.2.1;proto=ftp;host=\"a/b\" ~ 192.0.2.1, 10.0.0.1 ~ '' ~ ''",
                "for=192.0.2.1;for=6.6.6.6 ~ 10.0.0.1 ~ '' ~ ''",
                "'for=192.0.2.1, for=\"' ~ 10.0.0.1 ~ '' ~ ''",
                "'for=192.0.2.1, for=\"1.2.3.4' ~ 10.0.0.1 ~ '' ~ ''",
                "'for=192.0.2.1, \"x' ~ 10.0.0.1 ~ '' ~ ''",
                "for ~ 10.0.0.1 ~ '' ~ ''",
                "for= ~ 10.0.0.1 ~ '' ~ ''",
                "for=192.0.2.1 proto=https ~ 10.0.0.1 ~ '' ~ ''",
                "'for=\"192.0.2.1\\' ~ 10.0.0.1 ~ '' ~ ''",
                "for = 192.0.2.1 ~ 10.0.0.1 ~ '' ~ ''",
            })
    void byForwarded(String lines, String hops, String proto, String host) {
        Headers.Builder headers = Headers.builder();
        for (String line : lines.split("\\|")) {
            headers.add("Forwarded", line);
        }
        assertThat(ClientChain.of("10.0.0.1", headers.build(), TRUSTED))
                .isEqualTo(new ClientChain(List.of(hops.split(", ")), proto, host));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, for=192.0.2.1, 192.0.2.1",
        "'6.6.6.6, 192.0.2.1', for=192.0.2.1, 192.0.2.1",
        "192.0.2.1, for=6.6.6.6, 10.0.0.1",
        "6.6.6.6, for=192.0.2.1, 10.0.0.1",
        "192.0.2.1, rubbish, 10.0.0.1"
    })
    void bothMustAgree(String listed, String forwarded, String client) {
        Headers headers = Headers.of("X-Forwarded-For", listed, "Forwarded", forwarded);
        assertThat(ClientChain.of("10.0.0.1", headers, TRUSTED).hops().get(0)).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource({"https, https", "HTTP, http", "'http, https', https", "wss, ''", "'https;x', ''", "'', ''"})
    void schemeIsTheLastProxys(String value, String scheme) {
        Headers headers = Headers.of("X-Forwarded-For", "192.0.2.1", "X-Forwarded-Proto", value);
        assertThat(ClientChain.of("10.0.0.1", headers, TRUSTED).proto()).isEqualTo(scheme);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a.example",
                "A.Example:80",
                "192.0.2.1",
                "192.0.2.1:8080",
                "[::1]",
                "[2001:db8::1]:443",
                "a_b"
            })
    void isAHost(String host) {
        assertThat(FieldText.isHost(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "a:",
                "a:x",
                "a:123456",
                "a b",
                "a/b",
                "a?b",
                "a#b",
                "user@a",
                "a\\b",
                "a,b",
                "[::1",
                "[::1]x",
                "[1.2.3.4]",
                "[]",
                "::1",
                "a:1:2",
                "\u00e9",
                "a%41",
                "a\"b",
                "<a>"
            })
    void isNoHost(String host) {
        assertThat(FieldText.isHost(host)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "1.1 me ~ true",
                "1.1 ME ~ true",
                "HTTP/1.1 me ~ true",
                "1.0 a, 1.1 me ~ true",
                "1.1 me (x) ~ true",
                "(me) 1.1 me ~ true",
                "1.1 a (b, 1.1 me) ~ false",
                "1.1 a (\\) 1.1 me) ~ false",
                "1.1 a ((1.1) me) ~ false",
                "1.1 me2 ~ false",
                "me ~ false",
                "1.1 a me ~ false",
                "1.1  \tme ~ true",
                ",,1.1 me,, ~ true",
                "1.1 me:80 ~ false",
                "'' ~ false",
                "( ~ false",
                "1.1 a (( ~ false",
                ") 1.1 me ~ false",
                "1.1 a|1.1 me ~ true"
            })
    void viaTellsOfUs(String lines, boolean tells) {
        assertThat(Via.tellsOf("me", List.of(lines.split("\\|")))).isEqualTo(tells);
    }
}
