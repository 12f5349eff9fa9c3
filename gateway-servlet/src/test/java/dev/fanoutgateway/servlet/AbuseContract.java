package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.servlet.AbuseCase.End;
import dev.fanoutgateway.servlet.Replies.Reply;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plays the table of abuse: exact bytes in, and what reaches the backend and the client of them, in one way to be mounted. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
abstract class AbuseContract {
    private static final boolean IN_UNDERTOW = "undertow".equals(System.getProperty("container"));
    private static final String HONEST =
            "GET CTX/open/honest/ROW HTTP/1.1\r\nHost: honest\r\nConnection: close\r\n\r\n";
    private static final Duration LONG = Duration.ofSeconds(30);

    private final String contextPath;
    private final String prefix;
    private final boolean blocking;

    private TellingBackend backend;
    private AbusedGateway abused;
    private Container container;
    private int number;

    AbuseContract(String contextPath, String prefix, boolean blocking) {
        this.contextPath = contextPath;
        this.prefix = prefix;
        this.blocking = blocking;
    }

    static Stream<AbuseCase> cases() {
        return Stream.of(
                        FramingAbuse.CASES,
                        TargetAbuse.CASES,
                        FieldAbuse.CASES,
                        CredentialAbuse.CASES,
                        ContentAbuse.CASES,
                        CacheAbuse.CASES)
                .flatMap(List::stream);
    }

    @BeforeAll
    void start() throws IOException {
        backend = new TellingBackend();
        abused = new AbusedGateway(prefix, backend.address());
        container = Container.start(contextPath, Container.Threads.PLATFORM, (classes, context) -> mount(context));
    }

    private void mount(ServletContext context) {
        FilterRegistration.Dynamic filter =
                context.addFilter("gateway", new GatewayFilter(abused.gateway).blocking(blocking));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, prefix + "/*");
        Apps.servlet(context, "/*", (request, response) -> response.setStatus(404));
    }

    @AfterAll
    void stop() throws IOException {
        container.close();
        abused.close();
        backend.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isAnsweredAsItShouldBe(AbuseCase row) throws IOException {
        number++;
        backend.requests().clear();
        abused.forget();

        String received = play(row);

        List<Reply> replies = Replies.in(received, heads(row));
        boolean kept = !replies.isEmpty()
                && replies.get(replies.size() - 1)
                        .content()
                        .startsWith("GET " + prefix + "/open/honest/" + number + ' ');
        kept &= row.end() != End.ALONE;
        List<Reply> own = kept ? replies.subList(0, replies.size() - 1) : replies;
        String all = row.name() + " -> " + received + " at the backend " + backend.requests();
        if (row.end() != End.EITHER && !(row.maybe() && row.end() == End.KEPT)) {
            assertThat(kept).as(all).isEqualTo(row.end() == End.KEPT);
        }
        List<Integer> statuses = own.stream().map(Reply::status).toList();
        boolean refused = row.replies().isEmpty() || (row.maybe() && isRefusal(own));
        if (refused) {
            assertThat(isRefusal(own)).as(all).isTrue();
        } else {
            assertThat(isCutOff(row, statuses) ? row.replies() : statuses)
                    .as(all)
                    .isEqualTo(row.replies());
            for (String told : row.told()) {
                assertThat(received).as(all).contains(told);
            }
        }
        for (String untold : row.untold()) {
            assertThat(received).as(all).doesNotContain(untold);
        }
        assertSeen(row, refused, kept, all);
        int credits = refused ? 0 : row.credits();
        int stores = refused ? 0 : row.stores();
        if (abused.credits.reserved() != 0 || abused.stored.get() != stores) { // both may come after the answer
            await().atMost(LONG).until(() -> abused.credits.reserved() == 0 && abused.stored.get() >= stores);
        }
        assertThat(abused.credits.spent()).as(all).isEqualTo(credits);
        assertThat(abused.stored.get()).as(all).isEqualTo(stores);
    }

    @Test
    void theTableIsLong() {
        assertThat(cases().map(AbuseCase::name))
                .hasSizeGreaterThanOrEqualTo(450)
                .doesNotHaveDuplicates();
    }

    private String play(AbuseCase row) throws IOException {
        String sent = row.end() == End.ALONE ? row.sent() : row.sent() + HONEST.replace("ROW", String.valueOf(number));
        try (RawClient client = RawClient.connect(container.port())) {
            client.socket().setSoTimeout((int) LONG.toMillis());
            try {
                client.text(sent.replace("CTX", contextPath + prefix));
                if (row.end() == End.ALONE || row.end() == End.CLOSED) {
                    client.socket().shutdownOutput(); // or a container may wait for more
                }
            } catch (IOException e) {
                // refused before it was sent whole
            }
            return client.readToEnd().replace("[reset]", "");
        }
    }

    /** One refusal, which is no failure of whoever refuses, or the connection closed without any. */
    private static boolean isRefusal(List<Reply> replies) {
        if (replies.isEmpty()) {
            return true;
        }
        int status = replies.get(0).status();
        boolean unread =
                IN_UNDERTOW && status == 500 && replies.get(0).content().isEmpty(); // by itself; ours has content
        return replies.size() == 1 && ((status >= 400 && status < 500) || status == 501 || status == 505 || unread);
    }

    /** Closed in place of the last refusal. */
    private static boolean isCutOff(AbuseCase row, List<Integer> statuses) {
        int last = row.replies().size() - 1;
        return row.end() == End.CLOSED
                && last > 0
                && row.replies().get(last) >= 400
                && statuses.equals(row.replies().subList(0, last));
    }

    private static List<Integer> heads(AbuseCase row) {
        return row.sent().startsWith("HEAD ") ? List.of(0) : List.of();
    }

    private void assertSeen(AbuseCase row, boolean refused, boolean kept, String all) {
        List<String> requests = backend.requests().stream()
                .filter(request -> !isHonest(request) || isHonest(request, number))
                .toList();
        List<AbuseCase.Sighting> expected = refused ? List.of() : row.seen();
        // An honest request may be lost on its way back: Jetty 12.0 closes a connection that it has refused a path on.
        boolean lost = row.end() == End.EITHER
                && requests.size() == expected.size() + 1
                && isHonest(requests.get(expected.size()), number);
        assertThat(requests).as(all).hasSize(expected.size() + (kept || lost ? 1 : 0));
        IntStream.range(0, expected.size()).forEach(i -> {
            Passed passed = Passed.of(requests.get(i), backend.address());
            AbuseCase.Sighting sighting = expected.get(i);
            assertThat(passed.line()).as(all).isEqualTo(sighting.line().replaceFirst(" IN", " " + prefix));
            assertThat(passed.fields()).as(all).containsExactlyInAnyOrderElementsOf(Passed.usual(sighting.fields()));
            assertThat(passed.content()).as(all).isEqualTo(sighting.content());
        });
    }

    private boolean isHonest(String request) {
        return request.startsWith("GET " + prefix + "/open/honest/");
    }

    private boolean isHonest(String request, int row) {
        return request.startsWith("GET " + prefix + "/open/honest/" + row + ' ');
    }
}
