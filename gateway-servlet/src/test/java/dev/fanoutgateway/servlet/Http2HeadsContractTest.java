package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.fanoutgateway.testing.RawHttp2;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads of requests over HTTP/2, field by field, and what reaches the backend of them. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(60)
class Http2HeadsContractTest {
    private static final boolean IN_UNDERTOW = "undertow".equals(System.getProperty("container"));

    private TellingBackend backend;
    private AbusedGateway abused;
    private Container container;

    @BeforeAll
    void start() throws IOException {
        backend = new TellingBackend();
        abused = new AbusedGateway("", backend.address());
        container = Container.start("", Container.Threads.PLATFORM, (classes, context) -> mount(context));
    }

    private void mount(ServletContext context) {
        FilterRegistration.Dynamic filter = context.addFilter("gateway", new GatewayFilter(abused.gateway));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
        Apps.servlet(context, "/*", (request, response) -> response.setStatus(404));
    }

    @AfterAll
    void stop() throws IOException {
        container.close();
        abused.close();
        backend.close();
    }

    @BeforeEach
    void forget() {
        backend.requests().clear();
    }

    @ParameterizedTest
    @CsvSource({
        ":authority: one.example, one.example",
        ":authority: One.Example:8080, one.example:8080",
        ":authority: [::1]:8080, [::1]:8080",
        ":authority: 10.1.2.3, 10.1.2.3",
        "host: one.example, one.example",
        "host: one.example:8080, one.example:8080"
    })
    void theHostIsTold(String line, String host) throws IOException {
        assumeFalse(IN_UNDERTOW && line.startsWith("host"), "it takes the authority for it, and forgets the field");
        assertThat(answer(RawHttp2.get("/kept/a", line))).isEqualTo("200");

        assertThat(seen())
                .contains(
                        "host: " + host,
                        "x-forwarded-host: " + host,
                        "forwarded: for=127.0.0.1;host=" + (host.contains(":") ? '"' + host + '"' : host)
                                + ";proto=http",
                        "via: 2 edge");
    }

    @Test
    void backendsHaveTheirOwnHostWhereItIsNotKept() throws IOException {
        assertThat(answer(RawHttp2.get("/open/a", ":authority: one.example"))).isEqualTo("200");

        assertThat(seen()).contains("host: BACKEND", "x-forwarded-host: one.example");
    }

    @Test
    void bothMayTellTheSame() throws IOException {
        assertThat(answer(RawHttp2.get("/kept/a", ":authority: one.example", "host: one.example")))
                .isEqualTo("200");

        assertThat(seen()).containsOnlyOnce("host: one.example").contains("x-forwarded-host: one.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host: two.example",
                "host: one.example:81",
                "host: one.example|host: one.example",
                "host: one.example|host: two.example",
                "host: u@one.example",
                "host: one.example, two.example"
            })
    void twoThatDifferAreRefused(String fields) throws IOException {
        assertRefused(":authority: one.example|" + fields);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x: y",
                ":authority: |x: y",
                "host: ",
                ":authority: u@one.example",
                ":authority: a/../b",
                ":authority: a b",
                ":authority: a\";for=6.6.6.6",
                ":authority: a, b",
                ":authority: a:x",
                ":authority: a?b",
                ":authority: a#b",
                ":authority: a\\b",
                ":authority: one.example|:authority: two.example",
                "host: one.example|host: two.example",
                "host: one.example|host: one.example",
                "host: u@one.example",
                "host: a/../b",
                "host: a b"
            })
    void whatIsNoHostIsRefused(String fields) throws IOException {
        assertRefused(fields);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "transfer-encoding: chunked",
                "transfer-encoding: identity",
                "connection: keep-alive",
                "connection: x-kept",
                "keep-alive: timeout=5",
                "proxy-connection: keep-alive",
                "upgrade: websocket",
                "te: gzip",
                "te: trailers, gzip"
            })
    void fieldsAboutAConnectionAreRefused(String field) throws IOException {
        assertThat(answer(RawHttp2.get("/open/a", ":authority: a", field))).isIn("400", "reset", "goaway", "closed");
        assertThat(backend.requests()).isEmpty();
    }

    @Test
    void trailersAreAskedForWhereTheClientTakesThem() throws IOException {
        assertThat(answer(RawHttp2.get("/open/a", ":authority: a", "te: trailers")))
                .isEqualTo("200");
        assertThat(seen()).contains("te: trailers", "connection: Keep-Alive, TE");
    }

    @Test
    void cookiesAreOneLine() throws IOException {
        assertThat(answer(RawHttp2.get("/open/a", ":authority: a", "cookie: a=b", "cookie: c=d; e=f", "cookie: g=h")))
                .isEqualTo("200");
        assertThat(seen())
                .containsOnlyOnce("cookie: a=b; c=d; e=f; g=h")
                .filteredOn(field -> field.startsWith("cookie:"))
                .hasSize(1);
    }

    /** Undertow passes on what the first authority says, and nothing else, before anybody can see what else there was. */
    private void assertRefused(String fields) throws IOException {
        String answer = answer(RawHttp2.get("/kept/a", fields.split("\\|")));
        if (IN_UNDERTOW && answer.equals("200")) {
            assertThat(seen())
                    .contains(fields.startsWith(":authority: one.example") ? "host: one.example" : "host: BACKEND");
            return;
        }
        assertThat(answer)
                .isIn("400", "500", "reset", "goaway", "closed"); // 500 is Jetty's, for a user beside an authority
        assertThat(backend.requests()).isEmpty();
    }

    private String answer(List<String> lines) throws IOException {
        try (RawHttp2 client = RawHttp2.to(container.port())) {
            return client.answer(lines);
        }
    }

    private List<String> seen() {
        assertThat(backend.requests()).hasSize(1);
        return Passed.of(backend.requests().get(0), backend.address()).fields();
    }
}
