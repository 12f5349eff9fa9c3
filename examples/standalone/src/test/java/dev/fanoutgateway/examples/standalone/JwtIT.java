package dev.fanoutgateway.examples.standalone;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of a real issuer, whose keys come by HTTP and change, through the jar. */
class JwtIT {
    private static final RSAKey OLD = key("2026-01");
    private static final RSAKey NEW = key("2026-02");

    @TempDir
    private Path directory;

    private final AtomicInteger fetches = new AtomicInteger();
    private final RawBackend backend = RawBackend.healthy("first");
    private final HttpServer issuer = server();
    private Jar jar;

    private volatile int status = 200;
    private volatile String published = jwks(OLD);

    JwtIT() throws Exception {}

    @BeforeEach
    void start() throws Exception {
        serveKeys();
        jar = Jar.serving(directory, """
                backends: {all: {urls: [%s]}}
                relay: {pass-caller: {id: X-Caller-Id, plan: X-Caller-Plan}}
                routes: [{path: /**, cache: off}]
                plans: {basic: {}, gold: {}}
                keys: [{id: demo, key: demo-key-6b1f, plan: basic}]
                auth:
                  jwt:
                    issuer: https://id.test/
                    audience: [prices, mirror]
                    jwks-url: %s
                    refresh: 1s
                    plan-claim: [app, tier]
                    plans: {vip: gold}
                    default-plan: basic
                """.formatted(backend.url(), keysUrl()));
    }

    @AfterEach
    void stop() {
        jar.terminate();
        assertThat(jar.exitStatus()).isZero();
        issuer.stop(0);
        backend.close();
    }

    @Test
    void tokensAndKeysLeadToTheirPlans() throws Exception {
        assertThat(bearer(token(OLD, "alice", 300)).statusCode()).isEqualTo(200);
        assertThat(bearer("demo-key-6b1f").statusCode()).isEqualTo(200);
        assertThat(jar.get("/p", "X-API-Key", "demo-key-6b1f").statusCode()).isEqualTo(200);
        assertThat(backend.received())
                .contains("X-Caller-Id: jwt:alice", "X-Caller-Plan: gold", "X-Caller-Id: demo", "X-Caller-Plan: basic");
    }

    @Test
    void whateverIsWrongWithATokenTheAnswerIsThatToNone() throws Exception {
        HttpResponse<String> none = jar.get("/p");
        assertThat(none.statusCode()).isEqualTo(401);
        String good = token(OLD, "alice", 300);
        for (String wrong : List.of(
                token(OLD, "alice", -300),
                good.substring(0, good.length() - 2),
                token(key("2026-01"), "alice", 300),
                good + ".x",
                "e".repeat(3_000))) {
            HttpResponse<String> refusal = bearer(wrong);
            assertThat(refusal.statusCode()).isEqualTo(401);
            assertThat(refusal.body()).isEqualTo(none.body());
            assertThat(refusal.headers().allValues("WWW-Authenticate"))
                    .isEqualTo(none.headers().allValues("WWW-Authenticate"));
        }
        assertThat(backend.requests()).isEmpty();
    }

    @Test
    void tokensAloneKeepTheRoutesClosedAndNobodySaysOtherwise() throws Exception {
        jar.terminate();
        jar = Jar.serving(directory, """
                backends: {all: {urls: [%s]}}
                routes: [{path: /**, cache: off}]
                plans: {gold: {}}
                auth: {jwt: {issuer: https://id.test/, audience: prices, jwks-url: %s, default-plan: gold}}
                """.formatted(backend.url(), keysUrl()));
        assertThat(jar.get("/p").statusCode()).isEqualTo(401);
        assertThat(bearer(token(OLD, "alice", 300)).statusCode()).isEqualTo(200);
        assertThat(jar.err()).doesNotContain("every route is open");
    }

    @Test
    void twoDifferentCredentialsAreRefused() throws Exception {
        HttpResponse<String> answer =
                jar.get("/p", "X-API-Key", "demo-key-6b1f", "Authorization", "Bearer " + token(OLD, "alice", 300));
        assertThat(answer.statusCode()).isEqualTo(400);
    }

    @Test
    void aNewKeyCountsAtOnceAndAnOldOneNoMoreOnceItIsGone() throws Exception {
        String old = token(OLD, "alice", 300);
        assertThat(bearer(old).statusCode()).isEqualTo(200);
        published = jwks(OLD, NEW);
        assertThat(bearer(token(NEW, "bob", 300)).statusCode()).isEqualTo(200);
        assertThat(bearer(old).statusCode()).isEqualTo(200);
        published = jwks(NEW);
        await().atMost(60, SECONDS).until(() -> bearer(old).statusCode() == 401);
        assertThat(bearer(token(NEW, "bob", 300)).statusCode()).isEqualTo(200);
    }

    @Test
    void anIssuerThatIsBrokenOrGoneLeavesTheKeysInForce() throws Exception {
        String token = token(OLD, "alice", 300);
        assertThat(bearer(token).statusCode()).isEqualTo(200);
        published = "<html>maintenance</html>";
        await().atMost(60, SECONDS).until(() -> jar.err().contains("CONFIGURATION_REFUSED"));
        status = 302;
        int seen = fetches.get();
        await().atMost(60, SECONDS).until(() -> fetches.get() > seen + 1);
        assertThat(bearer(token(OLD, "carol", 300)).statusCode()).isEqualTo(200);
        status = 200;
        published = jwks(OLD, NEW);
        await().atMost(60, SECONDS).until(() -> jar.err().contains("RECOVERED"));
        assertThat(bearer(token(NEW, "bob", 300)).statusCode()).isEqualTo(200);
        assertThat(jar.err()).doesNotContain(token.split("\\.")[2]).doesNotContain("maintenance");
    }

    @Test
    void forgedNamesOfKeysDoNotHaveThemFetchedAtWill() throws Exception {
        assertThat(bearer(token(OLD, "alice", 300)).statusCode()).isEqualTo(200);
        RSAKey own = key("own");
        for (int i = 0; i < 25; i++) {
            RSAKey named = new RSAKey.Builder(own).keyID("key-" + i).build();
            assertThat(bearer(token(named, "mallory", 300)).statusCode()).isEqualTo(401);
        }
        assertThat(bearer(token(OLD, "alice", 300)).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> bearer(String token) throws Exception {
        return jar.get("/p", "Authorization", "Bearer " + token);
    }

    private static String token(RSAKey key, String subject, int seconds) throws Exception {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer("https://id.test/")
                .audience("prices")
                .subject(subject)
                .claim("app", Map.of("tier", "vip"))
                .expirationTime(Date.from(Instant.now().plusSeconds(seconds)))
                .build();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }

    private static RSAKey key(String id) {
        try {
            return new RSAKeyGenerator(2_048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String jwks(RSAKey... keys) {
        return new JWKSet(List.of(keys)).toString(true);
    }

    private static HttpServer server() throws IOException {
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    private String keysUrl() {
        return "http://127.0.0.1:" + issuer.getAddress().getPort() + "/jwks.json";
    }

    private void serveKeys() {
        issuer.createContext("/", exchange -> {
            fetches.incrementAndGet();
            byte[] content = published.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Location", keysUrl());
            exchange.sendResponseHeaders(status, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        issuer.start();
    }
}
