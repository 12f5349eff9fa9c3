package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.junit5.GreenMailExtension;
import com.icegreen.greenmail.util.ServerSetupTest;
import jakarta.mail.internet.MimeMessage;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What callers and developers get when no replica has an answer, through the jar and a real mail server. */
class FailuresIT {
    private static final String KEY = "good-key-6b1f";
    private static final int STORM = 1_000;

    @RegisterExtension
    final GreenMailExtension mail = new GreenMailExtension(ServerSetupTest.SMTP.dynamicPort());

    @TempDir
    Path directory;

    private RawBackend first;
    private RawBackend second;
    private Jar jar;

    @BeforeEach
    void start() throws Exception {
        first = RawBackend.healthy("first");
        second = RawBackend.healthy("second");
        jar = Jar.serving(directory, """
                backends: {both: {urls: [%s, %s]}}
                routes:
                  - {path: /api/**, accept: json:status, cache: off}
                  - {path: /cause/**, accept: json:status, cache: off, on-failure: by-cause}
                plans: {basic: {}}
                keys: [{id: good, key: good-key-6b1f, plan: basic}]
                notify:
                  mail: {host: 127.0.0.1, port: %d, tls: none, from: gateway@example.com, to: [dev@example.com]}
                """.formatted(
                        first.url(), second.url(), mail.getSmtp().getPort()));
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
        jar.close();
    }

    @Test
    void whenAllReplicasFailTheCallerGetsAnEnvelopeAndTheDevelopersOneMail() throws Exception {
        first.answer(request -> RawBackend.json(500, "{}"));
        second.close();

        HttpResponse<String> answer = jar.get("/api/prices?api_key=" + KEY);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(answer.body())
                .startsWith("{\"status\": false, \"message\": ")
                .contains("\"reason\": ");
        assertThat(theOnlyMail().getSubject()).contains("CRITICAL").contains("all backends of group 'both' failed");
        assertThat(String.valueOf(theOnlyMail().getContent()))
                .contains("/api/prices", first.url(), second.url())
                .doesNotContain(KEY);
        endsWithMails(1);
    }

    @Test
    void whenAllReplicasHaveNothingTheDevelopersAreToldSo() throws Exception {
        first.answer(request -> RawBackend.json(200, "{\"status\": false}"));
        second.answer(request -> RawBackend.json(404, "{}"));

        HttpResponse<String> answer = jar.get("/api/unknown", "X-API-Key", KEY);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"status\": false").contains("\"reason\": \"absent\"");
        assertThat(theOnlyMail().getSubject()).contains("LOW").contains("no backend of group 'both' has a resource");
        endsWithMails(1);
    }

    @Test
    void aClientThatAsksForItGetsProblemDetailsAndTheCause() throws Exception {
        first.close();
        second.close();

        HttpResponse<String> answer = jar.get("/cause/prices", "X-API-Key", KEY, "Accept", "application/problem+json");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body())
                .contains("\"status\":503", "\"title\":\"Service Unavailable\"", "\"reason\":\"unavailable\"");
    }

    @Test
    void aStormOfAThousandIsOneMailAndLaterADigest() throws Exception {
        first.answer(request -> RawBackend.json(500, "{}"));
        second.answer(request -> RawBackend.json(500, "{}"));
        Semaphore atOnce = new Semaphore(32);
        List<CompletableFuture<HttpResponse<String>>> storm = new ArrayList<>();

        for (int i = 0; i < STORM; i++) {
            atOnce.acquire();
            storm.add(jar.client()
                    .sendAsync(jar.request("/api/prices/" + i, "X-API-Key", KEY).build(), BodyHandlers.ofString())
                    .whenComplete((answer, failure) -> atOnce.release()));
        }

        assertThat(storm).allMatch(answer -> answer.join().statusCode() == 404);
        theOnlyMail();
        endsWithMails(2);
        assertThat(String.valueOf(mail.getReceivedMessages()[1].getContent())).contains("999");
    }

    private MimeMessage theOnlyMail() {
        await().until(() -> mail.getReceivedMessages().length > 0);
        assertThat(mail.getReceivedMessages()).hasSize(1);
        return mail.getReceivedMessages()[0];
    }

    /** At its end the gateway delivers what it has counted and not yet told. */
    private void endsWithMails(int expected) {
        assertThat(jar.terminate().exitStatus()).isZero();
        assertThat(mail.getReceivedMessages()).hasSize(expected);
        assertThat(jar.err()).doesNotContain(KEY).doesNotContain("\tat ");
    }
}
