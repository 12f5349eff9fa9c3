package dev.fanoutgateway.fanout;

import static dev.fanoutgateway.spi.ResponseAcceptor.Verdict.ABSENT;
import static dev.fanoutgateway.spi.ResponseAcceptor.Verdict.ACCEPTED;
import static dev.fanoutgateway.spi.ResponseAcceptor.Verdict.FINAL;
import static dev.fanoutgateway.spi.ResponseAcceptor.Verdict.RETRYABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.ResponseAcceptor;
import dev.fanoutgateway.spi.ResponseAcceptor.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptorsTest {
    private static final GatewayRequest GET = GatewayRequest.get("/");
    private static final ResponseAcceptor FLAG = Acceptors.jsonFlag("status");

    @ParameterizedTest
    @CsvSource({
        "100,RETRYABLE",
        "200,ACCEPTED",
        "204,ACCEPTED",
        "206,ACCEPTED",
        "299,ACCEPTED",
        "301,FINAL",
        "304,RETRYABLE",
        "400,FINAL",
        "401,FINAL",
        "403,FINAL",
        "404,ABSENT",
        "408,RETRYABLE",
        "409,FINAL",
        "410,ABSENT",
        "412,FINAL",
        "425,RETRYABLE",
        "429,RETRYABLE",
        "499,FINAL",
        "500,RETRYABLE",
        "503,RETRYABLE",
        "599,RETRYABLE"
    })
    void successfulJudgesByTheStatus(int status, Verdict verdict) {
        assertThat(Acceptors.successful().judge(GET, json(status, ""))).isEqualTo(verdict);
    }

    @ParameterizedTest
    @ValueSource(strings = {"If-None-Match", "if-modified-since"})
    void notModifiedAnswersAConditionalRequest(String field) {
        GatewayRequest conditional = GET.header(field, "x");

        assertThat(Acceptors.successful().judge(conditional, json(304, ""))).isEqualTo(ACCEPTED);
        assertThat(FLAG.judge(conditional, json(304, ""))).isEqualTo(ACCEPTED);
        assertThat(FLAG.judge(GET, json(304, ""))).isEqualTo(RETRYABLE);
    }

    @Test
    void anyAcceptsEverything() {
        assertThat(Acceptors.any().judge(GET, json(500, "x"))).isEqualTo(ACCEPTED);
        assertThat(Acceptors.any().needsBody()).isFalse();
        assertThat(Acceptors.successful().needsBody()).isFalse();
        assertThat(FLAG.needsBody()).isTrue();
        assertThat(FLAG).hasToString("json:status");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "1",
                "-1",
                "0.5",
                "-0.1",
                "1e-300",
                "1e999",
                "10",
                "1000000000000000000000000000000",
                "\"x\"",
                "\"false\"",
                "\" \"",
                "[0]",
                "[[]]",
                "{\"a\":null}",
                "[1,2"
            })
    void whatPythonHoldsTrueIsAccepted(String value) {
        assertThat(flag(200, "{\"status\":" + value + "}")).isEqualTo(ACCEPTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"false", "null", "0", "-0", "0.0", "-0.0", "0e5", "1e-400", "\"\"", "[]", "{}", "[ ]", "{ }"})
    void whatPythonHoldsFalseIsAbsent(String value) {
        assertThat(flag(200, "{\"status\":" + value + "}")).isEqualTo(ABSENT);
        assertThat(flag(400, "{\"status\":" + value + "}")).isEqualTo(ABSENT);
        assertThat(flag(500, "{\"status\":" + value + "}")).isEqualTo(RETRYABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"Status\":true}",
                "{\"a\":{\"status\":true}}",
                "{\"a\":[{\"status\":true}],\"b\":\"status\"}",
                "{\"statu\":1,\"statuss\":1}"
            })
    void anObjectWithoutTheMemberIsAbsentIfItIsASuccess(String content) {
        assertThat(flag(200, content)).isEqualTo(ABSENT);
        assertThat(flag(403, content)).isEqualTo(RETRYABLE);
        assertThat(flag(302, content)).isEqualTo(RETRYABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "<html>",
                "[]",
                "[{\"status\":true}]",
                "true",
                "null",
                "\"status\"",
                "{",
                "{\"status\"",
                "{\"status\":",
                "{\"status\":tru",
                "{\"status\":truest}",
                "{\"status\":\"tru",
                "{\"status\":1",
                "{\"status\":0",
                "{\"status\":0.5",
                "{\"status\":0.0",
                "{\"status\":01}",
                "{\"status\":NaN}",
                "{\"status\":[",
                "{\"status\":{",
                "{\"status\":}",
                "{\"a\":1,\"b\":",
                "{\"a\":\"cut off",
                "{\"a\" 1,\"status\":true}",
                "{'status':true}",
                "{\"a\":1,,\"status\":true}",
                "{/* comment */\"status\":true}",
                "\u0000\u0001\u0002"
            })
    void whatIsNoJsonObjectUpToTheMemberIsWorthTryingElsewhere(String content) {
        assertThat(flag(200, content)).isEqualTo(RETRYABLE);
    }

    @Test
    void nothingAfterTheMemberIsRead() {
        assertThat(flag(200, "{\"status\":true, this is no JSON")).isEqualTo(ACCEPTED);
        assertThat(flag(200, "{\"status\":\"x\" this is no JSON")).isEqualTo(ACCEPTED);
    }

    @Test
    void ofMembersWithTheSameNameTheFirstCounts() {
        assertThat(flag(200, "{\"status\":false,\"status\":true}")).isEqualTo(ABSENT);
        assertThat(flag(200, "{\"status\":true,\"status\":false}")).isEqualTo(ACCEPTED);
    }

    @Test
    void theNameIsComparedAsItReadsNotAsItIsWritten() {
        assertThat(flag(200, "{\"\\u0073tatus\":true}")).isEqualTo(ACCEPTED);
        assertThat(Acceptors.jsonFlag("größe \"x\"").judge(GET, json(200, "{\"größe \\\"x\\\"\":1}")))
                .isEqualTo(ACCEPTED);
        assertThatThrownBy(() -> Acceptors.jsonFlag("")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE", "UTF-16", "UTF-32"})
    void unicodeEncodingsAreToldApart(String charset) {
        assertThat(FLAG.judge(
                        GET, response(200, "{\"é\":\"é\",\"status\":true}".getBytes(Charset.forName(charset)), "")))
                .isEqualTo(ACCEPTED);
        assertThat(flag(200, "\ufeff{\"status\":true}")).isEqualTo(ACCEPTED);
    }

    @Test
    void bytesThatAreNoUtf8BeforeTheMemberAreNoJson() {
        byte[] latin = "{\"a\":\"é\",\"status\":true}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(FLAG.judge(GET, response(200, latin, ""))).isEqualTo(RETRYABLE);
    }

    @Test
    void codedContentIsReadThroughItsCoding() throws IOException {
        byte[] plain = "{\"status\":true}".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        write(new GZIPOutputStream(gzip), plain);
        ByteArrayOutputStream deflate = new ByteArrayOutputStream();
        write(new DeflaterOutputStream(deflate), plain);

        assertThat(FLAG.judge(GET, response(200, gzip.toByteArray(), "gzip"))).isEqualTo(ACCEPTED);
        assertThat(FLAG.judge(GET, response(200, gzip.toByteArray(), " X-GZip ")))
                .isEqualTo(ACCEPTED);
        assertThat(FLAG.judge(GET, response(200, deflate.toByteArray(), "deflate")))
                .isEqualTo(ACCEPTED);
        assertThat(FLAG.judge(GET, response(200, plain, "identity"))).isEqualTo(ACCEPTED);
        assertThat(FLAG.judge(GET, response(200, plain, "br"))).isEqualTo(RETRYABLE);
        assertThat(FLAG.judge(GET, response(200, plain, "gzip"))).isEqualTo(RETRYABLE);
        byte[] cut = Arrays.copyOf(gzip.toByteArray(), 14);
        assertThat(FLAG.judge(GET, response(200, cut, "gzip"))).isEqualTo(RETRYABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "1000000, ACCEPTED", // about 1 KB on the wire, and small all the same
        "2000000, RETRYABLE" // 1,000 times as long as it came
    })
    void contentMayExpandOnlySoFar(int padding, Verdict verdict) throws IOException {
        byte[] plain = ("{\"a\":\"" + "x".repeat(padding) + "\",\"status\":true}").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        write(new GZIPOutputStream(gzip), plain);
        ByteArrayOutputStream deflate = new ByteArrayOutputStream();
        write(new DeflaterOutputStream(deflate), plain);

        assertThat(FLAG.judge(GET, response(200, gzip.toByteArray(), "gzip"))).isEqualTo(verdict);
        assertThat(FLAG.judge(GET, response(200, deflate.toByteArray(), "deflate")))
                .isEqualTo(verdict);
        assertThat(FLAG.judge(GET, response(200, plain, "identity"))).isEqualTo(ACCEPTED);
    }

    @Test
    void contentIsNeverReadBeyondItsGreatestLength() throws IOException {
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);
        String piece = Base64.getEncoder().encodeToString(noise);
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write("{\"a\":\"".getBytes(StandardCharsets.UTF_8));
            byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
            for (long written = 0; written <= DecodedContent.MAX_LENGTH; written += bytes.length) {
                out.write(bytes);
            }
            out.write("\",\"status\":true}".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(FLAG.judge(GET, response(200, gzip.toByteArray(), "gzip"))).isEqualTo(RETRYABLE);
    }

    @Test
    void aFieldOfAHundredMegabytesIsSkipped() {
        byte[] plain = new byte[100_000_000];
        Arrays.fill(plain, (byte) 'x');
        byte[] start = "{\"a\":\"".getBytes(StandardCharsets.UTF_8);
        byte[] end = "\",\"status\":true}".getBytes(StandardCharsets.UTF_8);
        System.arraycopy(start, 0, plain, 0, start.length);
        System.arraycopy(end, 0, plain, plain.length - end.length, end.length);

        assertThat(FLAG.judge(GET, response(200, plain, "identity"))).isEqualTo(ACCEPTED);
    }

    @Test
    void contentMadeToBeExpensiveIsRefused() {
        String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + ",\"status\":true}";
        assertThat(flag(200, deep)).isEqualTo(RETRYABLE);
        assertThat(flag(200, "{\"status\":1" + "0".repeat(100_000) + "}")).isEqualTo(RETRYABLE);
        assertThat(flag(200, "{\"" + "k".repeat(100_000) + "\":1,\"status\":true}"))
                .isEqualTo(RETRYABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD,200,ACCEPTED", "HEAD,404,ABSENT", "HEAD,410,ABSENT", "HEAD,500,RETRYABLE", "HEAD,403,RETRYABLE",
        "GET,204,ACCEPTED", "GET,205,ACCEPTED", "GET,404,ABSENT", "GET,410,ABSENT", "GET,429,RETRYABLE"
    })
    void whatHasNoContentIsJudgedByItsStatus(String method, int status, Verdict verdict) {
        assertThat(FLAG.judge(GatewayRequest.of(method, "/"), json(status, ""))).isEqualTo(verdict);
    }

    @Test
    void aTrueFlagDoesNotMakeAnErrorAcceptable() {
        assertThat(flag(400, "{\"status\":true}")).isEqualTo(RETRYABLE);
        assertThat(flag(302, "{\"status\":true}")).isEqualTo(RETRYABLE);
        assertThat(flag(429, "{\"status\":false}")).isEqualTo(RETRYABLE);
        assertThat(FINAL).isNotEqualTo(flag(401, ""));
    }

    private static Verdict flag(int status, String content) {
        return FLAG.judge(GET, json(status, content));
    }

    private static GatewayResponse json(int status, String content) {
        return response(status, content.getBytes(StandardCharsets.UTF_8), "");
    }

    private static GatewayResponse response(int status, byte[] content, String coding) {
        Headers headers = coding.isEmpty() ? Headers.empty() : Headers.of("Content-Encoding", coding);
        return new GatewayResponse(status, headers, Body.of(content));
    }

    private static void write(OutputStream stream, byte[] bytes) throws IOException {
        try (stream) {
            stream.write(bytes);
        }
    }
}
