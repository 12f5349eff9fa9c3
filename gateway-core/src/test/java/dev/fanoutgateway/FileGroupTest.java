package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.discovery.BackendSources;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of backends that is edited in place, on a clock that stands still. */
class FileGroupTest {
    @TempDir
    Path directory;

    private final Stand stand = new Stand()
            .route(Stand.everything().strategy(FanoutStrategy.failover()).cache(CachePolicy.off()))
            .on("a", Script.ok("a"))
            .on("b", Script.ok("b"))
            .on("c", Script.ok("c"));

    @BeforeEach
    void begin() throws Exception {
        write("- http://a\n");
        stand.builder.backends(BackendGroup.of(
                "default", BackendSources.file(directory.resolve("backends.yaml"), Duration.ofSeconds(10))));
    }

    @Test
    void aChangeIsInForceOneSecondAfterItWasSeen() throws Exception {
        assertThat(answer()).isEqualTo("a");
        write("- http://b\n");
        stand.pass(10_000);
        assertThat(answer()).isEqualTo("a");
        stand.pass(999);
        assertThat(answer()).isEqualTo("a");
        stand.pass(1);
        assertThat(answer()).isEqualTo("b");
        write("- http://c\n");
        stand.pass(9_999);
        assertThat(answer()).as("no sooner than it says").isEqualTo("b");
        stand.pass(1_001);
        assertThat(answer()).isEqualTo("c");
        assertThat(stand.messages).isEmpty();
    }

    @Test
    void nobodyIsToldOfAFileThatIsBeingWritten() throws Exception {
        assertThat(answer()).isEqualTo("a");
        for (String part : new String[] {"", "- http", "- http://b\n", "- http://b\n- http://c\n"}) {
            write(part);
            stand.pass(part.isEmpty() ? 10_000 : 1_000);
            assertThat(answer()).as(part).isEqualTo("a");
        }
        stand.pass(1_000);
        assertThat(answer()).isEqualTo("b");
        assertThat(stand.messages).isEmpty();
    }

    @Test
    void aFileThatStaysBrokenIsToldOnceAndItsRecovery() throws Exception {
        assertThat(answer()).isEqualTo("a");
        write("");
        stand.pass(10_000);
        assertThat(stand.types()).isEmpty();
        stand.pass(60_000);
        assertThat(answer()).isEqualTo("a");
        assertThat(stand.types()).hasSize(1).doesNotContain(Type.RECOVERED);
        write("- http://b\n");
        stand.pass(60_000);
        assertThat(answer()).isEqualTo("b");
        assertThat(stand.types()).hasSize(2).endsWith(Type.RECOVERED);
    }

    @Test
    void aFileThatIsBrokenInOneWayAfterTheOtherIsNotToldAsWorkingBetween() throws Exception {
        assertThat(answer()).isEqualTo("a");
        write("- http://a:99999\n");
        stand.pass(12_000);
        assertThat(answer()).isEqualTo("a");
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
        for (String broken : new String[] {"", "- nonsense\n", "- http://a:0\n"}) {
            write(broken);
            stand.pass(5_000);
            assertThat(answer()).as(broken).isEqualTo("a");
        }
        assertThat(stand.types()).doesNotContain(Type.RECOVERED);
        write("- http://b\n");
        stand.pass(2_000);
        assertThat(answer())
                .as("broken or not, a change is taken within two seconds, and its recovery told in two more")
                .isEqualTo("b");
        stand.pass(2_000);
        assertThat(stand.types()).endsWith(Type.RECOVERED).containsOnlyOnce(Type.RECOVERED);
    }

    private String answer() {
        return stand.answer("/x").body().utf8();
    }

    private void write(String content) throws IOException {
        Files.writeString(directory.resolve("backends.yaml"), content);
    }
}
