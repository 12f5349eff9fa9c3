package dev.fanoutgateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fanoutgateway.fuzzing.Parser;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.http.HopByHop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** What is read of the fields that tell where a request comes from, and where it has been. */
public enum RelayParser implements Parser {
    FORWARDED(
            "for=192.0.2.43;proto=https;host=example.com;by=_b",
            "for=\"[2001:db8::1]:4711\", for=10.0.0.1",
            "for=",
            "proto=https",
            "host=\"a:1\"",
            "\"[",
            "]\"",
            "_x",
            "unknown",
            "\\\"",
            ";",
            ",") {
        @Override
        public void read(String text) {
            List<ForwardedElement> elements = ForwardedElement.parse(List.of(text));
            Headers headers = Headers.of("Forwarded", text);
            ClientChain chain = ClientChain.of(PEER, headers, TRUSTED);
            isChain(chain);
            if (elements == null) {
                assertThat(chain.hops()).containsExactly(PEER);
            }
            assertThat(ClientChain.of("192.0.2.9", headers, TRUSTED).hops()).containsExactly("192.0.2.9");
        }
    },
    X_FORWARDED_FOR("192.0.2.1, 10.0.0.2", "[2001:db8::1]:80", "::ffff:192.0.2.1", "1.2.3.4:_p", "unknown", "]", ", ") {
        @Override
        public void read(String text) {
            isChain(ClientChain.of(PEER, Headers.of("X-Forwarded-For", text), TRUSTED));
            isChain(ClientChain.of(
                    PEER,
                    Headers.of("X-Forwarded-For", "192.0.2.1", "X-Forwarded-Host", text, "X-Forwarded-Proto", text),
                    TRUSTED));
        }
    },
    ADDRESS(
            "192.0.2.1",
            "2001:db8::1",
            "::",
            "::ffff:1.2.3.4",
            "1:2:3:4:5:6:7:8",
            "1.",
            "::",
            ":",
            "ffff",
            "255",
            "0") {
        @Override
        public void read(String text) {
            byte[] octets = IpAddress.parse(text);
            if (octets != null) {
                assertThat(octets).isEqualTo(octetsByJava(text));
            }
        }
    },
    NETWORK("10.0.0.0/8", "2001:db8::/32", "192.0.2.1", "/", "33", "129", "::") {
        @Override
        public void read(String text) {
            try {
                assertThat(Network.of(text).contains(new byte[3])).isFalse();
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageContaining(text);
                assertThatIllegalArgumentException().isThrownBy(() -> TrustedProxies.of(List.of(text)));
            }
        }
    },
    VIA("1.1 fred, 1.0 gateway (a (b) \\) c)", "1.1 gateway", "HTTP/2 gateway", "(", ")", "\\", ", ", "gateway") {
        @Override
        public void read(String text) {
            assertThat(Via.tellsOf("gateway", List.of(text, "1.1 gateway"))).isTrue();
            assertThat(Via.tellsOf("gateway", List.of(text + ",1.1 GATEWAY"))).isTrue();
            assertThat(Via.tellsOf("gateway", List.of(text + ", 1.1 gateway, 1.1 b (c)")))
                    .isTrue();
            if (Via.tellsOf("nowhere", List.of(text))) {
                assertThat(text).containsIgnoringCase("nowhere");
            }
        }
    },
    TRACEPARENT(
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff-more",
            "00-",
            "4bf92f3577b34da6a3ce929d0e0e4736",
            "-00f067aa0ba902b7",
            "-01",
            "0000000000000000") {
        @Override
        public void read(String text) {
            TraceParent parent = TraceParent.parse(List.of(text));
            if (parent != null) {
                assertThat(parent.value()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]");
                assertThat(TraceParent.parse(List.of(parent.value()))).isEqualTo(parent);
                assertThat(parent.joined().traceId()).isEqualTo(parent.traceId());
            }
            assertThat(TraceParent.parse(List.of(text, text))).isNull();
        }
    },
    TRACESTATE(
            "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "fw529a3039@dt=FfffffFFFFffffff", "a=", "@", "=1", ",", "a=1") {
        @Override
        public void read(String text) {
            String combined = TraceState.combined(List.of(text));
            assertThat(TraceState.combined(List.of(combined))).isEqualTo(combined);
            assertThat(combined.split(",").length).isLessThanOrEqualTo(32);
            assertThat(combined.chars()).allMatch(c -> c >= ' ' && c <= '~');
        }
    },
    REQUEST_ID("7b0d5c2e-4b4e-4d8a-9f5c-1a2b3c4d5e6f", "abc_1.2:3/4+5=", "a", "-") {
        @Override
        public void read(String text) {
            if (RequestIds.isValid(text)) {
                assertThat(text.chars()).allMatch(c -> c > ' ' && c <= '~' && c != '"' && c != ',');
            }
        }
    },
    CONNECTION("keep-alive, X-A", "close", "Upgrade, HTTP2-Settings", ",", "X-A", "x-b") {
        @Override
        public void read(String text) {
            Headers headers = Headers.of("Connection", text, "X-A", "1", "X-B", "2", "Upgrade", "x");
            Headers passed = HopByHop.endToEnd(headers);
            assertThat(passed.contains("Connection")).isFalse();
            assertThat(passed.contains("Upgrade")).isFalse();
            if (text.equals("X-A")) {
                assertThat(passed.contains("X-A")).isFalse();
            }
        }
    };

    private static final String PEER = "10.0.0.1";
    private static final TrustedProxies TRUSTED = TrustedProxies.of(List.of("10.0.0.0/8", "fd00::/8"));

    private final List<String> words;

    RelayParser(String... words) {
        this.words = List.of(words);
    }

    @Override
    public List<String> examples() {
        return words;
    }

    /** All are addresses, the last is who has connected, and only the first need not be trusted. */
    private static void isChain(ClientChain chain) {
        List<String> hops = chain.hops();
        assertThat(hops.get(hops.size() - 1)).isEqualTo(PEER);
        assertThat(hops).allMatch(hop -> IpAddress.parse(hop) != null);
        assertThat(hops.subList(1, hops.size())).allMatch(TRUSTED::contains);
        assertThat(chain.proto()).isIn("", "http", "https");
        assertThat(chain.host()).doesNotContainPattern("[\\s,;\"@/\\\\]");
    }

    private static byte[] octetsByJava(String literal) {
        try {
            return InetAddress.getByName(literal.indexOf(':') < 0 ? literal : '[' + literal + ']')
                    .getAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError("no address for Java: " + literal, e);
        }
    }
}
