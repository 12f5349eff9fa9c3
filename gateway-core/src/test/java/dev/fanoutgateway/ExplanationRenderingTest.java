package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Occasion;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.RaceRecord;
import dev.fanoutgateway.spi.RaceRecord.Budget;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.State;
import dev.fanoutgateway.spi.RequestRecord;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplanationRenderingTest {
    private static final List<Backend> GROUP =
            List.of(Backend.of("g", "http://10.0.0.1:8080"), Backend.of("g", "http://10.0.0.2:8080"));
    private static final GatewayResponse ANSWER =
            new GatewayResponse(200, Headers.of("Content-Type", "text/plain"), Body.utf8("12345"));
    private static final Decision LIMITS = new Decision(
            true,
            List.of(new State("10/1s", 9, Duration.ofMillis(100)), new State("month", 1499, Duration.ofDays(3))),
            0,
            Duration.ZERO,
            null);

    private static int ordinal(Backend backend) {
        return GROUP.indexOf(backend) + 1;
    }

    private static RaceRecord race(String why) {
        return new RaceRecord(
                "hedged",
                "hedged",
                20_500_000,
                2,
                "ACCEPTED",
                List.of(
                        new AttemptOutcome(GROUP.get(0), 1, 0, 30_900_000, Result.CANCELLED, 0, why),
                        new AttemptOutcome(
                                GROUP.get(1), 2, 20_500_000, 10_400_000, Result.WON, 200, "", Occasion.DELAY)),
                List.of("a note: " + why),
                1_000_000_000,
                30_900_000,
                Optional.of(new Budget(0.05, 1)));
    }

    private static RequestRecord record(
            String path, String caller, @Nullable Decision limits, String cache, boolean collapsed, RaceRecord race) {
        return new RequestRecord(
                "GET",
                path,
                "",
                "/**",
                Optional.of(new Caller(caller, "basic")),
                200,
                Outcome.FORWARDED,
                limits,
                cache,
                collapsed,
                race,
                999_700_000,
                31_234_567);
    }

    private static RequestRecord usual() {
        return record("/a", "demo", LIMITS, "fanout-gateway; fwd=uri-miss; stored", false, race("another was given"));
    }

    private static JsonNode json(RequestRecord record) {
        try {
            return new ObjectMapper().readTree(ExplanationJson.of(record, ANSWER, ExplanationRenderingTest::ordinal));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<TimingMetric> timing(RequestRecord record) {
        return TimingMetric.parse(ServerTiming.of(record, ExplanationRenderingTest::ordinal));
    }

    @Test
    void theJsonSaysEverything() throws IOException {
        assertThat(json(usual())).isEqualTo(new ObjectMapper().readTree("""
                {"method": "GET", "path": "/a", "route": "/**", "caller": "demo", "plan": "basic",
                 "outcome": "FORWARDED", "elapsedMs": 31.234,
                 "answer": {"status": 200, "contentType": "text/plain", "bytes": 5},
                 "limits": {"allowed": true, "binding": "10/1s", "retryAfterMs": 0, "states": [
                   {"name": "10/1s", "remaining": 9, "resetMs": 100},
                   {"name": "month", "remaining": 1499, "resetMs": 259200000}]},
                 "cache": "fanout-gateway; fwd=uri-miss; stored",
                 "collapsed": false,
                 "race": {"strategy": "hedged", "level": "hedged", "delayMs": 20.5, "candidates": 2, "startMs": 0.3,
                   "elapsedMs": 30.9, "cause": "ACCEPTED", "budget": {"extraLoad": 0.05, "left": 1},
                   "attempts": [
                     {"number": 1, "backend": "http://10.0.0.1:8080", "ordinal": 1, "occasion": "START", "made": true,
                      "startMs": 0, "durationMs": 30.9, "result": "CANCELLED", "status": null, "why": "another was given"},
                     {"number": 2, "backend": "http://10.0.0.2:8080", "ordinal": 2, "occasion": "DELAY", "made": true,
                      "startMs": 20.5, "durationMs": 10.4, "result": "WON", "status": 200, "why": ""}],
                   "notes": ["a note: another was given"]}}
                """));
    }

    @Test
    void whatHadNoSayIsNull() {
        RequestRecord bare = new RequestRecord(
                "GET", "/", "", "/**", Optional.empty(), 400, Outcome.BAD_REQUEST, null, "", false, null, 5, 0);
        JsonNode json = json(bare);
        assertThat(List.of("caller", "plan", "limits", "cache", "race"))
                .allMatch(name -> json.get(name).isNull());
        assertThat(timing(bare)).extracting(TimingMetric::name).containsExactly("total");
        assertThat(bare.describe()).isEqualTo("GET / route=/** caller=- status=400 outcome=BAD_REQUEST ms=0");
        assertThat(bare.attempts()).isEmpty();
    }

    @Test
    void theFieldSaysTimesAndFatesButNoAddress() {
        List<TimingMetric> metrics = timing(usual());
        assertThat(metrics)
                .extracting(metric -> metric.name() + " " + metric.parameters())
                .containsExactly(
                        "total {dur=31.234}",
                        "cache {desc=fwd=uri-miss; stored}",
                        "race {dur=30.9, desc=hedged after 20.5 ms: accepted}",
                        "b1 {dur=30.9, desc=cancelled}",
                        "b2 {dur=10.4, desc=won 200}");
        assertThat(ServerTiming.of(usual(), backend -> 0)).contains("b0;dur=").doesNotContain("10.0.0", "another");
    }

    @Test
    void theLogLineIsTheSameInWords() {
        assertThat(usual().describe())
                .isEqualTo("GET /a route=/** caller=demo status=200 outcome=FORWARDED ms=31"
                        + " limits=[\"10/1s\" 9 left, \"month\" 1499 left] cache=[fanout-gateway; fwd=uri-miss; stored]"
                        + " race=[ACCEPTED after 30 ms, hedged after 20 ms:"
                        + " http://10.0.0.1:8080 CANCELLED after 30 ms: another was given;"
                        + " http://10.0.0.2:8080 WON 200 after 10 ms, begun at 20 ms;"
                        + " a note: another was given; 1 extra attempt left]");
    }

    @Test
    void aFollowerHasSeenOneRaceAndMadeNoAttempt() {
        RequestRecord follower = record("/a", "demo", null, "", true, race("x"));
        assertThat(follower.attempts()).isEmpty();
        assertThat(follower.describe()).endsWith(" ms=31 race=[another request's: ACCEPTED]");
        assertThat(json(follower).get("collapsed").booleanValue()).isTrue();
        assertThat(json(follower).get("race").get("attempts")).hasSize(2);
        assertThat(timing(follower))
                .extracting(TimingMetric::name, TimingMetric::desc)
                .containsExactly(tuple("total", ""), tuple("race", "shared: accepted"));
    }

    @Test
    void anAttemptThatWasNotMadeIsSaidToBeNone() {
        AttemptOutcome refused =
                new AttemptOutcome(GROUP.get(0), 1, 0, 0, Result.UNREACHABLE, 0, AttemptOutcome.EJECTED);
        RaceRecord race = new RaceRecord(
                "adaptive",
                "single",
                RaceRecord.NEVER,
                1,
                "UNAVAILABLE",
                List.of(refused),
                List.of(),
                0,
                0,
                Optional.empty());
        RequestRecord record = record("/a", "demo", null, "", false, race);
        assertThat(timing(record).get(2).desc()).isEqualTo("not asked");
        JsonNode json = json(record).get("race");
        assertThat(json.get("attempts").get(0).get("made").booleanValue()).isFalse();
        assertThat(json.get("level").textValue()).isEqualTo("single");
        assertThat(json.get("delayMs").isNull()).isTrue();
        assertThat(json.get("budget").isNull()).isTrue();
        assertThat(race.describe()).startsWith("UNAVAILABLE after 0 ms, adaptive as single: ");
    }

    /**
     * Whatever a client, backend or plug-in has made up: JSON comes back as it was, the field and the line stay well-formed.
     */
    @Test
    void nothingBreaksOut() {
        SplittableRandom random = new SplittableRandom(9);
        String nasty = "\"\\\r\n\t\0\u0007\u007f<&'/;,={}[]é\u2028\ud83d\ude00\u00a0aZ0 ";
        for (int i = 0; i < 2_000; i++) {
            StringBuilder made = new StringBuilder("x");
            for (int length = random.nextInt(20); length > 0; length--) {
                made.append(nasty.charAt(random.nextInt(nasty.length())));
            }
            String text = made.toString();
            RequestRecord record = record("/" + text, text, LIMITS, text, false, race(text));

            byte[] bytes = ExplanationJson.of(record, ANSWER, ExplanationRenderingTest::ordinal);
            JsonNode json = json(record);
            assertThat(new String(bytes, StandardCharsets.US_ASCII)).matches("\\A[ -~\\x7f]*\\z");
            assertThat(json.get("path").textValue()).isEqualTo("/" + text);
            assertThat(json.get("caller").textValue()).isEqualTo(text);
            assertThat(json.get("race").get("attempts").get(0).get("why").textValue())
                    .isEqualTo(text);

            String field = ServerTiming.of(record, ExplanationRenderingTest::ordinal);
            assertThat(Headers.of("Server-Timing", field).size()).isEqualTo(1);
            assertThat(TimingMetric.parse(field)).hasSize(5);
            assertThat(TimingMetric.parse(field).get(1).desc()).isEqualTo(printable(text));

            assertThat(record.describe()).matches("\\A[ -~]*\\z");
        }
    }

    @Test
    void theFieldIsNeverLongerThanItsBound() {
        String words = "\"".repeat(100_000);
        for (int attempts = 0; attempts < 200; attempts++) {
            List<AttemptOutcome> all = Collections.nCopies(
                    attempts, new AttemptOutcome(GROUP.get(0), 1, 0, 1_234_567, Result.REJECTED, 503, words));
            RaceRecord race =
                    new RaceRecord("failover", "failover", 0, 9, "BROKEN", all, List.of(words), 0, 5, Optional.empty());
            String field = ServerTiming.of(
                    record("/a", "demo", null, attempts % 2 == 0 ? "fwd=uri-miss" : words, false, race), backend -> 1);

            assertThat(field.length()).isLessThanOrEqualTo(ServerTiming.MOST_BYTES);
            List<TimingMetric> metrics = TimingMetric.parse(field);
            TimingMetric last = metrics.get(metrics.size() - 1);
            long shown = metrics.stream()
                    .filter(metric -> metric.name().equals("b1"))
                    .count();
            if (shown < attempts) {
                assertThat(last.name() + " " + last.desc()).isEqualTo("more " + (attempts - shown) + " attempts");
                assertThat(shown).isGreaterThan(25);
            }
        }
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().forEach(c -> shown.append(c < ' ' || c > '~' ? '?' : (char) c));
        return shown.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "999, 0",
        "1000, 0.001",
        "1500000, 1.5",
        "1000000, 1",
        "12345678, 12.345",
        "100000, 0.1",
        "-300000, -0.3",
        "-1300000, -1.3",
        "9000000000000000, 9000000000",
        "9223372036854775807, 9223372036854.775"
    })
    void timesAreMillisecondsWithoutExponents(long nanos, String text) {
        assertThat(Millis.text(nanos)).isEqualTo(text);
    }

    @Test
    void theFieldIsTheSameEverywhere() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(ServerTiming.of(usual(), ExplanationRenderingTest::ordinal))
                    .startsWith("total;dur=31.234, ")
                    .matches("[ -~]*");
        } finally {
            Locale.setDefault(before);
        }
    }
}
