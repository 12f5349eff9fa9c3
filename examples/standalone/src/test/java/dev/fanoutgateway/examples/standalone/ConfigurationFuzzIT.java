package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Jazzer looks for a file that is neither read nor refused as it should be. */
class ConfigurationFuzzIT {
    private static final Path FILE = file();

    private static Path file() {
        try {
            return Files.createTempDirectory("fuzzing").resolve("gateway.yaml");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @MethodSource("seeds")
    @FuzzTest(maxExecutions = 10_000)
    void everyFileIsReadOrRefused(byte[] content) throws IOException {
        Files.write(FILE, content);
        try {
            Configuration.read(FILE);
        } catch (InvalidConfiguration e) {
            assertThat(e.problems())
                    .isNotEmpty()
                    .allMatch(problem -> problem.matches("(?s).*gateway\\.yaml:\\d+: .*expected .*, got .*"))
                    .noneMatch(problem -> problem.indexOf('\n') >= 0);
        }
    }

    static Stream<Arguments> seeds() {
        return Stream.of(
                        DamagedConfigurationTest.WHOLE,
                        "{\"backends\": {\"a\": {\"urls\": [\"http://127.0.0.1:1\"]}}, \"routes\": []}",
                        "backends: &a\n  x: {urls: *a}\n<<: *a\n--- !!map\n? a\n: |-\n  b\n")
                .map(text -> Arguments.of((Object) text.getBytes(StandardCharsets.UTF_8)));
    }
}
