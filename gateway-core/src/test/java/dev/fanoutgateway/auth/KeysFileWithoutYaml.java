package dev.fanoutgateway.auth;

import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.testing.FakeClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Run in a virtual machine of its own, without the YAML library on the class path: says what works there. */
final class KeysFileWithoutYaml {
    private KeysFileWithoutYaml() {}

    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        for (String content : new String[] {
            "[{\"id\": \"a\", \"key\": \"k\", \"plan\": \"p\"}]", "- {id: a, key: k, plan: p}", "[{id: a}]"
        }) {
            Files.writeString(file, content);
            try (KeysFile keys = KeysFile.open(file, Set.of(), new FakeClock(), message -> {})) {
                System.out.println(keys.authenticate(new KeyCredential(KeyCredential.Source.HEADER, "k"))
                        .toCompletableFuture()
                        .join()
                        .isPresent());
            } catch (IllegalArgumentException e) {
                System.out.println(e.getMessage().replace(file.toString(), "FILE"));
            }
        }
    }
}
