package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is done to a configuration, it is read or refused: nothing else happens, and no secret is shown. */
class DamagedConfigurationTest {
    private static final int DAMAGES = 250;
    private static final String CHARACTERS = "{}[]:,&*!|>\t\n#'\"%@`-?~ \\0\u0000\u00e4\ud83d\ude00";
    static final String WHOLE = """
            server: {listen: 127.0.0.1:0, drain: 10s, max-request-body: 1MiB, trusted-proxies: []}
            backends:
              stocks:
                urls: [http://127.0.0.1:9001, http://127.0.0.1:9002]
                headers: {X-Internal-Token: secret-a}
                connect-timeout: 2s
              zoned:
                urls: [http://127.0.0.1:9003, {url: "http://127.0.0.1:9004/", weight: 3, zone: eu-1}]
                selector: consistent-hash
                hash-by: caller
                zone: eu-1
                health: {path: /health, every: 5s, jitter: 10%, down-after: 3, up-after: 2}
                eject: {after-failures: null, failure-share: 50%, window: 30s, min-attempts: 20, max-ejected: 50%}
            routes:
              - path: /api/v1/**
                methods: [GET, HEAD]
                backends: stocks
                attempt-fields: {timeout: X-Time-Left, number: off}
                accept: json:status
                cache: {ttl: 1h, respect-origin: true, ignore-query: [utm_source]}
                cost: 1
            plans:
              basic: {limits: [10/1s, 1000/1h], quota: {amount: 1500, per: month, overrun: refuse}}
            keys:
              - {id: demo, key: secret-b, plan: basic}
              - id: other
                key: secret-c
                plan: basic
            limits: {store: memory, on-store-failure: local}
            redis: {uri: "redis://:secret-d@127.0.0.1:6379", timeout: 100ms}
            notify:
              mail: {host: localhost, username: u, password: secret-e, tls: starttls, from: a@example.com, to: [b@example.com]}
              digest: 5m
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void isReadOrRefused(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < DAMAGES; i++) {
            String damaged = damaged(random);
            Path file = Files.writeString(directory.resolve("gateway.yaml"), damaged);
            try {
                assertThat(Configuration.read(file).toString()).doesNotContain("secret-");
            } catch (InvalidConfiguration e) {
                assertThat(e.problems())
                        .as(damaged)
                        .isNotEmpty()
                        .allMatch(problem -> problem.matches("(?s).*gateway\\.yaml:\\d+: .*expected .*, got .*"))
                        .noneMatch(problem -> problem.contains("secret-") || problem.indexOf('\n') >= 0);
            }
        }
    }

    private static String damaged(Random random) {
        int at = random.nextInt(WHOLE.length() - 1);
        return switch (random.nextInt(6)) {
            case 0 -> WHOLE.substring(0, at) + WHOLE.substring(at + 1);
            case 1 ->
                WHOLE.substring(0, at)
                        + CHARACTERS.charAt(random.nextInt(CHARACTERS.length() - 2))
                        + WHOLE.substring(at);
            case 2 ->
                WHOLE.substring(0, at)
                        + CHARACTERS.charAt(random.nextInt(CHARACTERS.length() - 2))
                        + WHOLE.substring(at + 1);
            case 3 -> WHOLE.substring(0, at);
            default -> withLinesMoved(random);
        };
    }

    private static String withLinesMoved(Random random) {
        List<String> lines = new ArrayList<>(WHOLE.lines().toList());
        switch (random.nextInt(3)) {
            case 0 -> lines.remove(random.nextInt(lines.size()));
            case 1 -> lines.add(random.nextInt(lines.size()), lines.get(random.nextInt(lines.size())));
            default -> Collections.swap(lines, random.nextInt(lines.size()), random.nextInt(lines.size()));
        }
        return String.join("\n", lines);
    }
}
