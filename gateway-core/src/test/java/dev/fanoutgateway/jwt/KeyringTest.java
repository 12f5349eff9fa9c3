package dev.fanoutgateway.jwt;

import static dev.fanoutgateway.jwt.Issuer.AUDIENCE;
import static dev.fanoutgateway.jwt.Issuer.EC;
import static dev.fanoutgateway.jwt.Issuer.NAME;
import static dev.fanoutgateway.jwt.Issuer.NOW;
import static dev.fanoutgateway.jwt.Issuer.OTHER_RSA;
import static dev.fanoutgateway.jwt.Issuer.RSA;
import static dev.fanoutgateway.jwt.Issuer.claims;
import static dev.fanoutgateway.jwt.Issuer.jwks;
import static dev.fanoutgateway.jwt.Issuer.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.KeyCredential.Source;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.StoreUnavailableException;
import dev.fanoutgateway.testing.FakeClock;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that change, are broken, or cannot be had. */
class KeyringTest {
    private static final String OLD = token(RSA, claims(NOW + 1_000_000, ""));
    private static final String NEW = token(OTHER_RSA, claims(NOW + 1_000_000, ""));

    private final FakeClock clock = new FakeClock();
    private final List<DevMessage> messages = new ArrayList<>();

    @TempDir
    private Path folder;

    /** Null for a URL that cannot be reached. */
    private @Nullable String published = jwks(RSA);

    private int fetches;

    @Test
    void aTokenThatNamesAnUnknownKeyHasTheKeysFetchedAndWaitsForThem() {
        JwtAuthenticator authenticator = open(rules());
        published = jwks(RSA, OTHER_RSA);
        CompletableFuture<Optional<Caller>> first = ask(authenticator, NEW);
        CompletableFuture<Optional<Caller>> second = ask(authenticator, NEW);
        assertThat(first).isNotDone();
        assertThat(ask(authenticator, OLD)).as("waits for nothing").isDone();
        clock.runDue();
        assertThat(first.join()).isPresent();
        assertThat(second.join()).isPresent();
        assertThat(fetches).isEqualTo(2);
    }

    @Test
    void suchTokensCannotHaveThemFetchedAsOftenAsTheyLike() {
        JwtAuthenticator authenticator = open(rules().refetch(Limit.of(3, Duration.ofMinutes(1))));
        for (int i = 0; i < 50; i++) {
            CompletableFuture<Optional<Caller>> answer = ask(authenticator, NEW);
            clock.runDue();
            assertThat(answer.join()).isEmpty();
        }
        assertThat(fetches).isEqualTo(1 + 3);
        clock.advance(Duration.ofMinutes(1));
        for (int i = 0; i < 50; i++) {
            ask(authenticator, NEW);
            clock.runDue();
        }
        assertThat(fetches).isEqualTo(1 + 3 + 3);
    }

    @Test
    void tokensThatAreBadInAnyCaseHaveNothingFetched() {
        JwtAuthenticator authenticator = open(rules());
        for (String claims : List.of(claims(NOW - 100, ""), claims().replace(NAME, "other"), "{}")) {
            assertThat(ask(authenticator, token(OTHER_RSA, claims)).join()).isEmpty();
        }
        clock.runDue();
        assertThat(fetches).isEqualTo(1);
    }

    @Test
    void aFetchThatTakesLongIsNotWaitedFor() {
        AtomicReference<CompletableFuture<Optional<Caller>>> answer = new AtomicReference<>();
        JwtAuthenticator authenticator = JwtAuthenticator.open(
                rules().jwksUrl(URI.create("https://id.test/jwks")).build(),
                Set.of(),
                (url, timeout, most) -> {
                    fetches++;
                    if (fetches == 2) {
                        clock.advance(Duration.ofMillis(499));
                        assertThat(answer.get()).isNotDone();
                        clock.advance(Duration.ofMillis(1));
                        assertThat(answer.get()).isCompletedWithValue(Optional.empty());
                    }
                    return bytes(fetches == 1 ? jwks(RSA) : jwks(RSA, OTHER_RSA));
                },
                1_000_000_000,
                clock,
                messages::add);
        clock.runDue();
        answer.set(ask(authenticator, NEW));
        clock.runDue();
        assertThat(fetches).isEqualTo(2);
        assertThat(ask(authenticator, NEW).join()).isPresent();
    }

    @Test
    void aKeyThatIsGoneTakesItsTokensWithIt() {
        JwtAuthenticator authenticator = open(rules());
        assertThat(ask(authenticator, OLD).join()).isPresent();
        published = jwks(OTHER_RSA);
        clock.advance(Duration.ofMinutes(5));
        assertThat(ask(authenticator, OLD)).isNotDone(); // is looked for, since it may have come back
        clock.runDue();
        assertThat(ask(authenticator, NEW).join()).isPresent();
    }

    @Test
    void anotherKeyOfTheSameNameTakesTheTokensOfTheFirst() {
        JwtAuthenticator authenticator = open(rules());
        assertThat(ask(authenticator, OLD).join()).isPresent();
        published = jwks(Issuer.rsa("rsa-1"));
        clock.advance(Duration.ofMinutes(5));
        assertThat(ask(authenticator, OLD).join()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "{}",
                "{\"keys\":{}}",
                "{\"keys\":[]}",
                "{\"keys\":[{}]}",
                "{\"keys\":[7]}",
                "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}",
                "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\"}]}",
                "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQAB\",\"y\":\"AQAB\"}]}",
                "{\"keys\":[],\"keys\":[]}"
            })
    void whatIsNoKeySetLeavesTheKeysInForceAndIsToldOnce(String broken) {
        JwtAuthenticator authenticator = open(rules());
        published = broken;
        clock.advance(Duration.ofMinutes(20));
        assertThat(ask(authenticator, OLD).join()).isPresent();
        assertThat(messages).hasSize(1);
        assertThat(messages.get(0).type()).isEqualTo(Type.CONFIGURATION_REFUSED);
        assertThat(messages.get(0).details().toString())
                .contains("https://id.test/jwks")
                .doesNotContain("AQAB");
        published = jwks(RSA, OTHER_RSA);
        clock.advance(Duration.ofSeconds(30));
        assertThat(messages).hasSize(2);
        assertThat(messages.get(1).type()).isEqualTo(Type.RECOVERED);
        assertThat(messages.get(1).fingerprint()).isEqualTo(messages.get(0).fingerprint());
        assertThat(ask(authenticator, NEW).join()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "{}",
                "{\"kid\":\"x\",\"kty\":\"RSA\",\"n\":\"AQAB\"}",
                "{\"kid\":\"x\",\"kty\":\"EC\",\"crv\":\"P-999\",\"x\":\"AQAB\",\"y\":\"AQAB\"}",
                "{\"kid\":\"x\",\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQAB\",\"y\":\"AQAB\"}"
            })
    void aKeyThatIsOfNoUseKeepsNobodyFromTheOthers(String useless) {
        JwtAuthenticator authenticator = open(rules());
        published = jwks(RSA, OTHER_RSA).replace("[", "[" + useless + ",");
        clock.advance(Duration.ofMinutes(20));
        assertThat(ask(authenticator, NEW).join()).isPresent();
        assertThat(messages).isEmpty();
    }

    @Test
    void aUrlThatCannotBeReachedLeavesThemToo() {
        JwtAuthenticator authenticator = open(rules());
        published = null;
        clock.advance(Duration.ofMinutes(20));
        assertThat(ask(authenticator, OLD).join()).isPresent();
        assertThat(messages).extracting(DevMessage::type).containsExactly(Type.CONFIGURATION_REFUSED);
        published = jwks(RSA);
        clock.advance(Duration.ofSeconds(30));
        assertThat(messages).extracting(DevMessage::type).containsExactly(Type.CONFIGURATION_REFUSED, Type.RECOVERED);
    }

    @Test
    void asLongAsThereHasNeverBeenAKeyNobodyCanTell() {
        published = null;
        JwtAuthenticator authenticator = open(rules().refetch(Limit.of(1, Duration.ofMinutes(1))));
        CompletableFuture<Optional<Caller>> first = ask(authenticator, OLD);
        clock.runDue();
        assertThat(first)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(StoreUnavailableException.class);
        assertThat(ask(authenticator, OLD)).isCompletedExceptionally();
        assertThat(ask(authenticator, "e.g.").join()).as("bad in any case").isEmpty();
        published = jwks(RSA);
        clock.advance(Duration.ofSeconds(30));
        assertThat(ask(authenticator, OLD).join()).isPresent();
    }

    @Test
    void aClosedOneLooksNoMore() {
        JwtAuthenticator authenticator = open(rules());
        authenticator.close();
        clock.advance(Duration.ofHours(1));
        assertThat(ask(authenticator, NEW).join()).isEmpty();
        assertThat(fetches).isEqualTo(1);
        assertThat(ask(authenticator, OLD).join()).isPresent();
    }

    @Test
    void aFileIsReadAtOnceAndAgainWhenItChanges() throws Exception {
        Path file = folder.resolve("jwks.json");
        Files.writeString(file, jwks(RSA));
        JwtAuthenticator authenticator = file(file);
        assertThat(ask(authenticator, OLD).join()).isPresent();
        Files.writeString(file, jwks(RSA, OTHER_RSA));
        clock.advance(Duration.ofSeconds(2));
        assertThat(ask(authenticator, NEW).join()).isPresent();
        Files.writeString(file, "{\"keys\":[");
        clock.advance(Duration.ofSeconds(2));
        assertThat(ask(authenticator, NEW).join()).isPresent();
        Files.delete(file);
        clock.advance(Duration.ofSeconds(2));
        assertThat(ask(authenticator, NEW).join()).isPresent();
        Files.writeString(file, jwks(EC));
        clock.advance(Duration.ofSeconds(2));
        assertThat(ask(authenticator, token(EC, claims())).join()).isPresent();
        assertThat(messages)
                .extracting(DevMessage::type)
                .containsExactly(Type.CONFIGURATION_REFUSED, Type.CONFIGURATION_REFUSED, Type.RECOVERED);
    }

    @Test
    void aFileThatIsBrokenAtTheStartIsRefused() throws Exception {
        Path file = folder.resolve("jwks.json");
        assertThatThrownBy(() -> file(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jwks.json");
        Files.writeString(file, "{\"keys\":[]}");
        assertThatThrownBy(() -> file(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file + ": expected a key for one of the algorithms [RS256, ES256], got none");
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> file(file)).hasMessageContaining("1 MiB");
    }

    private JwtAuthenticator file(Path file) {
        return JwtAuthenticator.open(
                rules().jwksFile(file).build(),
                Set.of(),
                (url, timeout, most) -> {
                    throw new AssertionError("expected no fetch");
                },
                1_000_000_000,
                clock,
                messages::add);
    }

    private JwtAuthenticator open(JwtRules.Builder rules) {
        JwtAuthenticator authenticator = JwtAuthenticator.open(
                rules.jwksUrl(URI.create("https://id.test/jwks?token=secret")).build(),
                Set.of(),
                this::fetch,
                1_000_000_000,
                clock,
                messages::add);
        clock.runDue();
        return authenticator;
    }

    private byte[] fetch(URI url, long timeoutNanos, int mostBytes) throws IOException {
        fetches++;
        if (published == null) {
            throw new IOException("expected status 200, got 503");
        }
        return bytes(published);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static JwtRules.Builder rules() {
        return JwtRules.of(NAME, AUDIENCE).planClaim("plan");
    }

    private static CompletableFuture<Optional<Caller>> ask(JwtAuthenticator authenticator, String token) {
        return authenticator
                .authenticate(new KeyCredential(Source.BEARER, token))
                .toCompletableFuture();
    }
}
