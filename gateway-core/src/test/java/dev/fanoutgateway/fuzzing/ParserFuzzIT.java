package dev.fanoutgateway.fuzzing;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer looks for text that a {@link Parser} does not bear, guided by the code that each text has reached. In {@code mvn
 * verify} for a bounded number of runs, in a JVM of its own; {@link ParserTest} does the same, unguided, at every build.
 */
class ParserFuzzIT {
    private static final List<Parser> PARSERS = Parsers.ALL;

    /** The first byte says which parser it is for: Jazzer runs one fuzz test in a JVM. */
    @MethodSource("seeds")
    @FuzzTest(maxExecutions = 300_000)
    void everyTextIsRead(byte[] data) {
        if (data.length > 0) {
            String text = new String(data, 1, data.length - 1, StandardCharsets.ISO_8859_1);
            Parser parser = PARSERS.get(Math.floorMod(data[0], PARSERS.size()));
            parser.read(parser.allowed(text));
        }
    }

    static Stream<Arguments> seeds() {
        return PARSERS.stream()
                .flatMap(parser -> parser.examples().stream()
                        .map(text -> (char) PARSERS.indexOf(parser) + text)
                        .map(data -> Arguments.of((Object) data.getBytes(StandardCharsets.ISO_8859_1))));
    }
}
