package dev.fanoutgateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Priority;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.KeyCredential.Source;
import dev.fanoutgateway.testing.FakeClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysFileTest {
    private static final String OLD = "- {id: old, key: old-key, plan: basic}\n";
    private static final String NEW = "- {id: new, key: new-key, plan: basic}\n";
    private static final String BROKEN = "- {id: new, key: new-key, plan: no-such}\n";

    @TempDir
    private Path folder;

    private final FakeClock clock = new FakeClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final List<DevMessage> messages = new ArrayList<>();
    private Path file;
    private KeysFile keys;

    @BeforeEach
    void open() throws IOException {
        file = folder.resolve("keys.yaml");
        Files.writeString(file, OLD);
        keys = KeysFile.open(file, Set.of("basic"), clock, messages::add);
    }

    @AfterEach
    void close() {
        keys.close();
    }

    @Test
    void whatContradictsKeysGivenElsewhereIsRefusedAtTheStartAndLater() throws IOException {
        InMemoryKeys others = InMemoryKeys.of(
                List.of(KeyEntry.ofKey("other", "other-key", "basic").expiresAt(Instant.parse("2020-01-01T00:00:00Z"))),
                clock);
        Set<String> plans = Set.of("basic", "pro");
        for (String holder : List.of("other", "thief")) {
            Files.writeString(file, OLD + "- {id: " + holder + ", key: other-key, plan: basic}\n");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeysFile.open(file, plans, others, clock, messages::add))
                    .withMessage(file
                            + ":2: keys[1].key: expected different keys, got one that 'other' has already, by what is"
                            + " given elsewhere");
        }
        Files.writeString(file, OLD + "- {id: other, key: next-key, plan: pro}\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysFile.open(file, plans, others, clock, messages::add))
                .withMessage(
                        file + ":2: keys[1].plan: expected one plan for all keys of 'other', got 'basic' and 'pro'");

        Files.writeString(file, OLD + "- {id: other, key: next-key, plan: basic}\n");
        try (KeysFile beside = KeysFile.open(file, plans, others, clock, messages::add)) {
            Files.writeString(file, NEW + "- {id: thief, key: other-key, plan: basic}\n");
            clock.advance(Duration.ofSeconds(2));
            assertThat(messages).extracting(DevMessage::type).contains(Type.CONFIGURATION_REFUSED);
            assertThat(messages.toString()).contains("'other' has already").doesNotContain("other-key");
            assertThat(beside).hasToString("KeysFile[" + file + ", 2 keys]");
        }
    }

    @Test
    void aChangedFileIsReadWithinTwoSeconds() throws IOException {
        assertThat(who("old-key")).contains(new Caller("old", "basic"));
        Files.writeString(file, NEW);
        assertThat(who("new-key")).isEmpty();

        clock.advance(Duration.ofSeconds(2));

        assertThat(who("new-key")).contains(new Caller("new", "basic"));
        assertThat(who("old-key")).isEmpty();
        assertThat(messages).isEmpty();
    }

    @Test
    void aChangeThatKeepsSizeAndTimeIsNoticed() throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, NEW);
        Files.setLastModifiedTime(file, time);

        clock.advance(Duration.ofSeconds(2));

        assertThat(who("new-key")).isPresent();
    }

    @Test
    void aFileRenamedIntoPlaceIsNoticedEvenIfItIsOlder() throws IOException {
        Path other = folder.resolve("other");
        Files.writeString(other, NEW);
        Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);

        clock.advance(Duration.ofSeconds(2));

        assertThat(who("new-key")).isPresent();
    }

    /** As the kubelet mounts a secret: keys.yaml -> ..data/keys.yaml, ..data -> a folder that is swapped. */
    @Test
    void aSwappedSymbolicLinkIsNoticed() throws IOException {
        Path first = Files.createDirectory(folder.resolve("..1"));
        Path second = Files.createDirectory(folder.resolve("..2"));
        Files.writeString(first.resolve("keys.yaml"), OLD);
        Files.writeString(second.resolve("keys.yaml"), NEW);
        Path data = Files.createSymbolicLink(folder.resolve("..data"), first.getFileName());
        Path link = Files.createSymbolicLink(folder.resolve("link.yaml"), Path.of("..data", "keys.yaml"));
        try (KeysFile linked = KeysFile.open(link, Set.of(), clock, messages::add)) {
            assertThat(who(linked, "old-key")).isPresent();
            Path swap = Files.createSymbolicLink(folder.resolve("..tmp"), second.getFileName());
            Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(first.resolve("keys.yaml"));

            clock.advance(Duration.ofSeconds(2));

            assertThat(who(linked, "new-key")).isPresent();
            assertThat(messages).isEmpty();
        }
    }

    @Test
    void aBrokenFileKeepsTheOldKeysAndIsReportedOnce() throws IOException {
        Files.writeString(file, BROKEN);

        clock.advance(Duration.ofMinutes(1));

        assertThat(who("old-key")).isPresent();
        assertThat(who("new-key")).isEmpty();
        assertThat(messages).singleElement().satisfies(message -> {
            assertThat(message.type()).isEqualTo(Type.CONFIGURATION_REFUSED);
            assertThat(message.priority()).isEqualTo(Priority.HIGH);
            assertThat(message.title()).isEqualTo("Keys file refused, the 1 keys before it stay");
            assertThat(message.details())
                    .containsExactly(file + ":1: keys[0].plan: expected one of [basic], got 'no-such'");
            assertThat(message.first()).isEqualTo(Instant.parse("2026-01-01T00:00:02Z"));
            assertThat(message.toString()).doesNotContain("new-key");
        });
    }

    @Test
    void eachBrokenContentIsReportedAndThenTheRecovery() throws IOException {
        for (String content : List.of(BROKEN, "", "\n \n", "- {id", BROKEN, NEW, NEW, "{", OLD)) {
            Files.writeString(file, content);
            clock.advance(Duration.ofSeconds(10));
        }

        assertThat(messages)
                .extracting(DevMessage::type)
                .containsExactly(
                        Type.CONFIGURATION_REFUSED,
                        Type.CONFIGURATION_REFUSED,
                        Type.CONFIGURATION_REFUSED,
                        Type.CONFIGURATION_REFUSED,
                        Type.CONFIGURATION_REFUSED,
                        Type.RECOVERED,
                        Type.CONFIGURATION_REFUSED,
                        Type.RECOVERED);
        assertThat(messages).extracting(DevMessage::fingerprint).containsOnly("keys-file:" + file);
        assertThat(who("old-key")).isPresent();
    }

    @Test
    void goingBackToTheOldContentIsARecovery() throws IOException {
        Files.writeString(file, BROKEN);
        clock.advance(Duration.ofSeconds(2));
        Files.writeString(file, OLD);
        clock.advance(Duration.ofSeconds(2));

        assertThat(messages).extracting(DevMessage::type).containsExactly(Type.CONFIGURATION_REFUSED, Type.RECOVERED);
    }

    @Test
    void aFileThatIsGoneOrUnreadableKeepsTheOldKeys() throws IOException {
        Files.delete(file);
        clock.advance(Duration.ofMinutes(1));
        Files.createDirectory(file);
        clock.advance(Duration.ofMinutes(1));
        assertThat(who("old-key")).isPresent();
        Files.delete(file);
        Files.writeString(file, NEW);
        clock.advance(Duration.ofSeconds(2));

        assertThat(messages)
                .extracting(message -> message.details().get(0))
                .containsExactly(
                        file + ": expected a readable file, got NoSuchFileException",
                        file + ": expected a readable file, got not a regular file",
                        "1 keys are in force");
        assertThat(who("new-key")).isPresent();
    }

    @Test
    void anExplicitEmptyListTakesAllKeysAway() throws IOException {
        Files.writeString(file, "[]");
        clock.advance(Duration.ofSeconds(2));

        assertThat(who("old-key")).isEmpty();
        assertThat(messages).isEmpty();
    }

    @Test
    void alargeFileIsReadAgainWhenItsAttributesChange() throws IOException {
        String padding = "# " + "x".repeat(2 << 20) + "\n";
        Files.writeString(file, padding + OLD);
        clock.advance(Duration.ofSeconds(2));
        Files.writeString(file, padding + BROKEN);
        clock.advance(Duration.ofSeconds(20));
        assertThat(who("old-key")).isPresent();
        Path other = folder.resolve("other");
        Files.writeString(other, padding + NEW);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        clock.advance(Duration.ofSeconds(20));

        assertThat(who("new-key")).isPresent();
        assertThat(messages).extracting(DevMessage::type).containsExactly(Type.CONFIGURATION_REFUSED, Type.RECOVERED);
    }

    @Test
    void aBrokenFileAtTheStartIsRefused() throws IOException {
        Files.writeString(file, "\n" + BROKEN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysFile.open(file, Set.of("basic"), clock, messages::add))
                .withMessage(file + ":2: keys[0].plan: expected one of [basic], got 'no-such'");

        Path nowhere = folder.resolve("nowhere");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysFile.open(nowhere, Set.of(), clock, messages::add))
                .withMessage(nowhere + ": expected a readable file, got NoSuchFileException");
        assertThatIllegalArgumentException().isThrownBy(() -> KeysFile.open(folder, Set.of(), clock, messages::add));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeysFile.open(file, Set.of(), clock, messages::add, Duration.ZERO));
        assertThat(clock.pending()).isOne();
    }

    @Test
    void expiredKeysOfTheFileAreUnknown() throws IOException {
        Files.writeString(file, "- {id: a, key: k, plan: basic, expires: 2026-01-01T00:01:00Z}");
        clock.advance(Duration.ofSeconds(59));
        assertThat(who("k")).isPresent();
        clock.advance(Duration.ofSeconds(1));
        assertThat(who("k")).isEmpty();
    }

    @Test
    void aListenerThatThrowsStopsNothing() throws IOException {
        try (KeysFile deaf = KeysFile.open(file, Set.of(), clock, message -> {
            throw new IllegalStateException("no");
        })) {
            Files.writeString(file, "{");
            clock.advance(Duration.ofSeconds(2));
            Files.writeString(file, NEW);
            clock.advance(Duration.ofSeconds(2));

            assertThat(who(deaf, "new-key")).isPresent();
        }
    }

    @Test
    void closeStopsLookingAndKeepsTheKeys() throws IOException {
        keys.close();
        keys.close();
        Files.writeString(file, NEW);

        assertThat(clock.pending()).isZero();
        clock.advance(Duration.ofMinutes(1));
        assertThat(who("old-key")).isPresent();
        assertThat(keys.toString()).isEqualTo("KeysFile[" + file + ", 1 keys]");
    }

    private Optional<Caller> who(String key) {
        return who(keys, key);
    }

    private static Optional<Caller> who(KeysFile keys, String key) {
        return keys.authenticate(new KeyCredential(Source.HEADER, key))
                .toCompletableFuture()
                .join();
    }
}
