package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens where an optional dependency is missing, in virtual machines that really lack it. */
class OptionalLibrariesTest {
    private static final String MISSING =
            "expected jakarta.mail:jakarta.mail-api and org.eclipse.angus:angus-mail on the"
                    + " class path, which mail needs, got none";

    @TempDir
    private Path folder;

    @Test
    void jsonKeysNeedNoYaml() throws Exception {
        List<String> output = runWithout("dev.fanoutgateway.auth.KeysFileWithoutYaml", "yaml");

        assertThat(output).hasSize(3);
        assertThat(output.get(0)).isEqualTo("true");
        assertThat(output.get(1))
                .isEqualTo("FILE:1: keys: expected JSON, got other text; YAML needs"
                        + " com.fasterxml.jackson.dataformat:jackson-dataformat-yaml on the class path");
        assertThat(output.get(2)).startsWith("FILE:1: keys: expected JSON, got a syntax error at column ");
    }

    @Test
    void onlyBackendsByDnsNeedDnsjava() throws Exception {
        assertThat(runWithout("dev.fanoutgateway.discovery.DnsWithoutDnsjava", "dnsjava"))
                .containsExactly("1", "expected dnsjava:dnsjava on the class path, which backends by DNS need");
        assertThat(runWithout("dev.fanoutgateway.discovery.DnsWithoutDnsjava")).containsExactly("1", "DNS api.test");
    }

    @Test
    void onlyTokensNeedNimbus() throws Exception {
        assertThat(runWithout("dev.fanoutgateway.jwt.JwtWithoutNimbus", "nimbus"))
                .containsExactly(
                        "keys work",
                        "expected com.nimbusds:nimbus-jose-jwt on the class path, which JSON Web Tokens need");
        assertThat(runWithout("dev.fanoutgateway.jwt.JwtWithoutNimbus")).containsExactly("keys work", "tokens work");
    }

    @Test
    void mailWithoutAnyLibrarySaysWhatIsMissing() throws Exception {
        assertThat(runWithout("dev.fanoutgateway.notify.MailWithoutJakartaMail", "mail"))
                .containsExactly(MISSING);
    }

    @Test
    void mailWithoutItsImplementationSaysWhatIsMissing() throws Exception {
        assertThat(runWithout("dev.fanoutgateway.notify.MailWithoutJakartaMail", "angus", "greenmail"))
                .containsExactly(MISSING);
    }

    @Test
    void withBothItIsBuilt() throws Exception {
        assertThat(runWithout("dev.fanoutgateway.notify.MailWithoutJakartaMail"))
                .containsExactly("MailNotifier[localhost:587, STARTTLS, a@example.com -> [b@example.com]]");
    }

    private List<String> runWithout(String main, String... libraries) throws IOException, InterruptedException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Arrays.stream(libraries)
                        .noneMatch(Path.of(entry).getFileName().toString()::contains))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                main,
                folder.resolve("keys").toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return output.lines().toList();
    }
}
