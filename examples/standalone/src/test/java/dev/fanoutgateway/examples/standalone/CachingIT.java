package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transparent caching proxy before a plain origin: the jar, any answer accepted, no keys. */
class CachingIT {
    private static final String FRESH = "Cache-Control: max-age=600\r\n";

    /** Stale on arrival, and can be validated. */
    private static final String STALE = "Cache-Control: max-age=10\r\nAge: 100\r\nETag: \"v1\"\r\n";

    private final AtomicInteger asked = new AtomicInteger();

    @TempDir
    Path directory;

    private RawBackend origin;
    private Jar jar;

    @BeforeEach
    void start() throws Exception {
        origin = new RawBackend(request -> response("200 OK", FRESH + "ETag: \"v1\"\r\n", "0123456789"));
        jar = Jar.serving(directory, """
                backends: {a: {urls: [%s]}}
                routes:
                  - {path: /covered/**, backends: a, strategy: single, accept: any, auth: none, cache: {stale-if-none-acceptable: 1h}}
                  - {path: /**, backends: a, strategy: single, accept: any, auth: none, cache: {respect-origin: true}}
                """.formatted(origin.url()));
    }

    @AfterEach
    void stop() throws Exception {
        jar.close();
        origin.close();
    }

    @Test
    void hitsHaveTheirAgeAndSayWhatTheyAre() throws Exception {
        HttpResponse<String> miss = jar.get("/a?x=1");
        assertThat(status(miss)).isEqualTo("fanout-gateway; fwd=uri-miss; stored");
        HttpResponse<String> hit = jar.get("/a?x=1");
        assertThat(hit.body()).isEqualTo("0123456789");
        assertThat(status(hit)).startsWith("fanout-gateway; hit; ttl=");
        assertThat(hit.headers().firstValue("Age")).isPresent();
        assertThat(jar.get("/a?x=2").headers().firstValue("Age")).isEmpty();
        assertThat(asked).hasValue(2);
    }

    @Test
    void clientsGet304And206And416FromWhatIsStored() throws Exception {
        jar.get("/a");
        HttpResponse<String> unchanged = jar.get("/a", "If-None-Match", "\"v0\", W/\"v1\"");
        assertThat(unchanged.statusCode()).isEqualTo(304);
        assertThat(unchanged.headers().firstValue("ETag")).hasValue("\"v1\"");
        HttpResponse<String> part = jar.get("/a", "Range", "bytes=2-4");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("234");
        assertThat(part.headers().firstValue("Content-Range")).hasValue("bytes 2-4/10");
        assertThat(part.headers().firstValue("Content-Length")).hasValue("3");
        HttpResponse<String> several = jar.get("/a", "Range", "bytes=0-0,-1");
        assertThat(several.statusCode()).isEqualTo(206);
        assertThat(several.headers().firstValue("Content-Type").orElse("")).startsWith("multipart/byteranges");
        assertThat(several.body()).contains("bytes 0-0/10", "bytes 9-9/10");
        assertThat(jar.get("/a", "Range", "bytes=99-").statusCode()).isEqualTo(416);
        assertThat(jar.get("/a", "Range", "bytes=2-4", "If-Range", "\"v0\"").body())
                .isEqualTo("0123456789");
        HttpResponse<String> head = jar.send(jar.request("/a").method("HEAD", BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).hasValue("10");
        assertThat(asked).hasValue(1);
    }

    @Test
    void anOriginIsAskedWhetherAStaleResponseHolds() throws Exception {
        origin.answer(request -> request.contains("\"v1\"")
                ? response("304 Not Modified", FRESH + "ETag: \"v1\"\r\nX-New: 1\r\n", null)
                : response("200 OK", STALE, "old"));
        assertThat(jar.get("/a").body()).isEqualTo("old");
        HttpResponse<String> validated = jar.get("/a");
        assertThat(validated.statusCode()).isEqualTo(200);
        assertThat(validated.body()).isEqualTo("old");
        assertThat(validated.headers().firstValue("X-New")).hasValue("1");
        assertThat(status(validated))
                .startsWith("fanout-gateway; fwd=stale; fwd-status=304; ttl=")
                .endsWith("; stored");
        assertThat(status(jar.get("/a"))).startsWith("fanout-gateway; hit");
        assertThat(asked).hasValue(2);
    }

    @Test
    void aChangeEndsWhatIsStored() throws Exception {
        jar.get("/a");
        jar.send(jar.request("/a").POST(BodyPublishers.ofString("x")));
        assertThat(status(jar.get("/a"))).startsWith("fanout-gateway; fwd=uri-miss");
    }

    @Test
    void answersWithoutContentAndErrorsAreKeptAsTheOriginSays() throws Exception {
        origin.answer(request -> response("204 No Content", FRESH, null));
        assertThat(jar.get("/none").statusCode()).isEqualTo(204);
        assertThat(status(jar.get("/none"))).startsWith("fanout-gateway; hit");
        origin.answer(request -> response("404 Not Found", FRESH, "gone"));
        jar.get("/gone");
        HttpResponse<String> hit = jar.get("/gone");
        assertThat(hit.statusCode()).isEqualTo(404);
        assertThat(hit.body()).isEqualTo("gone");
        assertThat(status(hit)).startsWith("fanout-gateway; hit");
        origin.answer(request -> response("503 Service Unavailable", "", "later"));
        assertThat(jar.get("/later").statusCode()).isEqualTo(503);
        assertThat(status(jar.get("/later"))).isEqualTo("fanout-gateway; fwd=uri-miss");
    }

    @Test
    void interimResponsesAreNotTakenForTheAnswer() throws Exception {
        origin.answer(request -> "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + response("200 OK", FRESH, "final"));
        HttpResponse<String> answer = jar.get("/a");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("final");
    }

    @Test
    void aTruncatedContentIsNeverStored() throws Exception {
        origin.answer(
                request -> "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n" + FRESH + "\r\nshort");
        assertThat(jar.get("/a").statusCode()).isEqualTo(404);
        origin.answer(request -> response("200 OK", FRESH, "whole"));
        assertThat(jar.get("/a").body()).isEqualTo("whole");
    }

    @Test
    void staleResponsesCoverAnOriginThatIsDead() throws Exception {
        origin.answer(
                request -> response("200 OK", STALE.replace("max-age=10", "max-age=10, stale-if-error=600"), "kept"));
        jar.get("/a");
        origin.answer(request -> response("200 OK", STALE, "covered"));
        jar.get("/covered/a");
        jar.get("/bare");
        origin.close();
        for (int i = 0; i < 20; i++) {
            HttpResponse<String> answer = jar.get("/a");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("kept");
            assertThat(status(answer)).contains("fwd=stale");
            assertThat(jar.get("/covered/a").body()).isEqualTo("covered");
        }
        assertThat(jar.get("/bare").statusCode()).isEqualTo(404);
    }

    @Test
    void aClientMayWantAStoredAnswerOrNone() throws Exception {
        assertThat(jar.get("/a", "Cache-Control", "only-if-cached").statusCode())
                .isEqualTo(504);
        jar.get("/a");
        assertThat(jar.get("/a", "Cache-Control", "only-if-cached").statusCode())
                .isEqualTo(200);
        assertThat(asked).hasValue(1);
    }

    private String response(String status, String fields, String content) {
        asked.incrementAndGet();
        String length = content == null ? "" : "Content-Length: " + content.length() + "\r\n";
        return "HTTP/1.1 " + status + "\r\n" + fields + length + "\r\n" + (content == null ? "" : content);
    }

    private static String status(HttpResponse<String> response) {
        return response.headers().firstValue("Cache-Status").orElse("");
    }
}
