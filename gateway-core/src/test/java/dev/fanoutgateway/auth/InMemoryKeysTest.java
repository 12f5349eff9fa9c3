package dev.fanoutgateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.KeyCredential.Source;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InMemoryKeysTest {
    private static final String SECRET = "s3cret-key";
    private static final String SECRET_HEX = HexFormat.of().formatHex(KeyCredential.sha256Of(SECRET));

    private final FakeClock clock = new FakeClock(Instant.parse("2026-01-01T00:00:00Z"));

    @Test
    void knowsTheHolderOfAKey() {
        KeyEntry entry = new KeyEntry("a", SECRET_HEX.toUpperCase(Locale.ROOT), "basic", null, Map.of("team", "x"));

        assertThat(who(InMemoryKeys.of(List.of(entry), clock), SECRET))
                .contains(new Caller("a", "basic", Map.of("team", "x")));
    }

    @Test
    void knowsNobodyElse() {
        InMemoryKeys keys = InMemoryKeys.of(List.of(KeyEntry.ofKey("a", SECRET, "basic")), clock);

        for (String other : List.of("s3cret-ke", "s3cret-key ", "S3cret-key", "x", SECRET_HEX)) {
            assertThat(who(keys, other)).as(other).isEmpty();
        }
        assertThat(who(InMemoryKeys.of(List.of(), clock), SECRET)).isEmpty();
    }

    @Test
    void aKeyExpiresAtItsInstant() {
        KeyEntry entry = KeyEntry.ofKey("a", SECRET, "basic").expiresAt(Instant.parse("2026-01-01T00:00:01Z"));
        InMemoryKeys keys = InMemoryKeys.of(List.of(entry), clock);

        clock.advance(Duration.ofMillis(999));
        assertThat(who(keys, SECRET)).isPresent();
        clock.advance(Duration.ofMillis(1));
        assertThat(who(keys, SECRET)).isEmpty();
    }

    @Test
    void extremeExpiriesAreNoOverflow() {
        InMemoryKeys keys = InMemoryKeys.of(
                List.of(
                        KeyEntry.ofKey("a", "one", "p").expiresAt(Instant.MAX),
                        KeyEntry.ofKey("b", "two", "p").expiresAt(Instant.MIN)),
                clock);

        assertThat(who(keys, "one")).isPresent();
        assertThat(who(keys, "two")).isEmpty();
    }

    @Test
    void severalKeysOfOneCallerReplaceEachOtherWithoutAGap() {
        InMemoryKeys keys = InMemoryKeys.of(
                List.of(
                        KeyEntry.ofKey("a", "old", "p").expiresAt(Instant.parse("2026-01-02T00:00:00Z")),
                        KeyEntry.ofKey("a", "new", "p")),
                clock);

        assertThat(who(keys, "old")).isEqualTo(who(keys, "new"));
        clock.advance(Duration.ofDays(1));
        assertThat(who(keys, "old")).isEmpty();
        assertThat(who(keys, "new")).isPresent();
    }

    @Test
    void thousandsOfKeysAreToldApart() {
        InMemoryKeys keys = InMemoryKeys.of(
                IntStream.range(0, 5_000)
                        .mapToObj(i -> KeyEntry.ofKey("id" + i, "key" + i, "p"))
                        .toList(),
                clock);

        for (int i = 0; i < 5_000; i++) {
            assertThat(who(keys, "key" + i).orElseThrow().id()).isEqualTo("id" + i);
        }
    }

    @Test
    void contradictionsAreRefusedByIdWithoutTheKey() {
        refused("for 'a' and 'b'", KeyEntry.ofKey("a", SECRET, "p"), KeyEntry.ofKey("b", SECRET, "p"));
        refused("twice for 'a'", KeyEntry.ofKey("a", SECRET, "p"), KeyEntry.ofKey("a", SECRET, "p"));
        refused("one plan for all keys of 'a'", KeyEntry.ofKey("a", SECRET, "p"), KeyEntry.ofKey("a", "k", "q"));
        refused(
                "same attributes for all keys of 'a'",
                KeyEntry.ofKey("a", "k", "p"),
                new KeyEntry("a", SECRET_HEX, "p", null, Map.of("n", SECRET)));
    }

    private void refused(String why, KeyEntry... entries) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InMemoryKeys.of(List.of(entries), clock))
                .withMessageContaining(why)
                .satisfies(
                        e -> assertThat(e.getMessage()).doesNotContain(SECRET).doesNotContain(SECRET_HEX));
    }

    @Test
    void malformedEntriesAreRefusedWithoutSayingWhatTheyHeld() {
        for (String hex : List.of("", SECRET, SECRET_HEX + "0", SECRET_HEX.substring(1) + "g", "\u0660".repeat(64))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new KeyEntry("a", hex, "p", null, Map.of()))
                    .withMessageStartingWith("sha256: expected 64 hexadecimal digits")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET));
        }
        for (String key : List.of("", " x", "x ", "k\u00e9y", "a\nb", "k".repeat(513))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeyEntry.ofKey("a", key, "p"))
                    .withMessageStartingWith("key: expected");
        }
        for (String id : List.of("", "a\nb", "a".repeat(257))) {
            assertThatIllegalArgumentException().isThrownBy(() -> KeyEntry.ofKey(id, "k", "p"));
            assertThatIllegalArgumentException().isThrownBy(() -> KeyEntry.ofKey("a", "k", id));
        }
    }

    @Test
    void noTextShowsAKey() {
        KeyEntry entry = new KeyEntry("a", SECRET_HEX, "p", null, Map.of("note", SECRET));
        KeyCredential credential = new KeyCredential(Source.HEADER, SECRET);

        for (Object shown : List.of(
                entry,
                List.of(entry),
                Optional.of(entry),
                credential,
                InMemoryKeys.of(List.of(entry), clock),
                KeyExtractor.standard().extract(GatewayRequest.get("/?api_key=" + SECRET)))) {
            assertThat(shown.toString()).doesNotContain(SECRET).doesNotContain(SECRET_HEX);
        }
    }

    private static Optional<Caller> who(InMemoryKeys keys, String key) {
        return keys.authenticate(new KeyCredential(Source.HEADER, key))
                .toCompletableFuture()
                .join();
    }
}
