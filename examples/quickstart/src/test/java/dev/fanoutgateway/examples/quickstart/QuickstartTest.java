package dev.fanoutgateway.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QuickstartTest {
    @Test
    void theTourShowsEveryKindOfAnswer() throws Exception {
        String shown = tour();

        assertThat(shown)
                .contains("curl -i -H 'X-API-Key: demo-key' http://127.0.0.1:")
                .containsSubsequence(
                        "* no key",
                        "401",
                        "WWW-Authenticate: Bearer",
                        "* a key, and three replicas asked at once",
                        "200  X-Served-By: ",
                        "fwd=uri-miss; stored",
                        "* the same again",
                        "200  X-Served-By: ",
                        "; hit; ttl=",
                        "* a share that one replica lacks",
                        "200  X-Served-By: ",
                        "\"symbol\": \"GOOG\"",
                        "* a report, which the plan 'basic' does not cover",
                        "403",
                        "* the same with a key of the plan 'pro'",
                        "\"symbol\": \"GOOG\"",
                        "* a share that nobody has",
                        "404",
                        "\"reason\": \"absent\"",
                        "told to the developers, priority LOW",
                        "* the same key, until its plan says stop",
                        "429",
                        "Retry-After: ");
        assertThat(shown.lines().filter(line -> line.contains("told to the developers")))
                .hasSize(1);
    }

    private static String tour() throws Exception {
        PrintStream terminal = System.out;
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        System.setOut(new PrintStream(shown, true, StandardCharsets.UTF_8));
        try {
            Quickstart.main(new String[] {"--tour-only", "0"});
        } finally {
            System.setOut(terminal);
        }
        return shown.toString(StandardCharsets.UTF_8);
    }
}
