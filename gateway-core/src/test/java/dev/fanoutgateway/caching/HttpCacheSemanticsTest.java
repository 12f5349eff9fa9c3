package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.PeerAnswers.Aspect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our rules beside those of the npm package http-cache-semantics, as a shared cache, on generated exchanges: both say the
 * same but for {@link PeerDifference}s, and there ours say what the difference's rule says.
 */
class HttpCacheSemanticsTest {
    private static final Path TABLE = Path.of("../docs/decisions/differences-from-http-cache-semantics.md");

    private static PeerVectors vectors;

    @BeforeAll
    static void read() {
        vectors = PeerVectors.read();
    }

    @Test
    void thereAreManyOfEveryOutcome() {
        assertThat(vectors.peer()).isEqualTo("http-cache-semantics 4.3.0");
        assertThat(vectors.all()).hasSizeGreaterThanOrEqualTo(50_000);
        assertThat(vectors.all().stream().map(PeerVector::code).distinct().count())
                .isEqualTo(vectors.all().size());
        for (String reuse : List.of("H", "W", "M")) {
            assertThat(vectors.all())
                    .filteredOn(v -> v.theirs().reuse().equals(reuse))
                    .hasSizeGreaterThan(1_000);
        }
        for (String update : List.of("C", "N", "60000")) {
            assertThat(vectors.all())
                    .filteredOn(v -> v.theirs().update().equals(update))
                    .hasSizeGreaterThan(100);
        }
    }

    /** The facts foretell our answers without reading a message: whatever differs, ours are what they should be. */
    @Test
    void oursAreAsTheFactsForetell() {
        List<String> wrong = new ArrayList<>();
        for (PeerVector v : vectors.all()) {
            PeerAnswers ours = PeerOurs.answers(v);
            PeerCase c = PeerCase.of(v);
            for (Aspect aspect : Aspect.values()) {
                boolean told = aspect == Aspect.STORED || ours.stored();
                if (told && !ours.of(aspect).equals(c.foretold(aspect))) {
                    wrong.add(aspect + " foretold " + c.foretold(aspect) + ", " + told(v, ours));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyDifferenceHasAName() {
        List<String> wrong = new ArrayList<>();
        Map<PeerDifference, Integer> found = new EnumMap<>(PeerDifference.class);
        Set<PeerDifference> alone = EnumSet.noneOf(PeerDifference.class);
        for (PeerVector v : vectors.all()) {
            PeerAnswers ours = PeerOurs.answers(v);
            PeerCase c = PeerCase.of(v);
            for (Aspect aspect : Aspect.values()) {
                if (aspect != Aspect.STORED && !(ours.stored() && v.theirs().stored())) {
                    break;
                }
                boolean differs = !ours.of(aspect).equals(v.theirs().of(aspect));
                List<PeerDifference> why = PeerDifference.of(c, aspect);
                if (differs && why.isEmpty()) {
                    wrong.add(aspect + " without a name, " + told(v, ours));
                }
                for (PeerDifference difference : why) {
                    if (!difference.answer(c).equals(ours.of(aspect))) {
                        wrong.add(difference + " says " + difference.answer(c) + ", " + told(v, ours));
                    }
                    found.merge(difference, differs ? 1 : 0, Integer::sum);
                }
                if (differs && why.size() == 1) {
                    alone.add(why.get(0));
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(found.keySet()).containsExactly(PeerDifference.values());
        assertThat(found)
                .allSatisfy((difference, times) ->
                        assertThat(times).as("%s", difference).isPositive());
        assertThat(alone).as("each is enough for a difference").containsExactly(PeerDifference.values());
    }

    @Test
    void everyNameStandsInTheTableWithItsSection() throws IOException {
        List<String> rows = Files.readAllLines(TABLE).stream()
                .filter(line -> line.startsWith("| ") && line.contains("RFC"))
                .map(line -> line.split("\\|")[1].trim())
                .toList();
        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(List.of(PeerDifference.values()).stream()
                        .map(PeerDifference::inWords)
                        .toList());
    }

    /** Where node and the package are there: {@code -Dhttp-cache-semantics=DIRECTORY} says where its node_modules is. */
    @Test
    @EnabledIfSystemProperty(named = "http-cache-semantics", matches = ".+")
    void theFileIsWhatTheScriptMakes(@TempDir Path directory) throws Exception {
        Path made = directory.resolve("made.gz");
        Process node = new ProcessBuilder(
                        "node",
                        "src/test/node/http-cache-semantics/vectors.mjs",
                        made.toString(),
                        System.getProperty("http-cache-semantics"))
                .redirectErrorStream(true)
                .start();
        String said = new String(node.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(node.waitFor()).as(said).isZero();
        try (InputStream file = PeerVectors.class.getResourceAsStream(PeerVectors.FILE)) {
            assertThat(text(Files.newInputStream(made)))
                    .isEqualTo(text(Objects.requireNonNull(file, PeerVectors.FILE)));
        }
    }

    private static byte[] text(InputStream file) throws IOException {
        try (GZIPInputStream text = new GZIPInputStream(file)) {
            return text.readAllBytes();
        }
    }

    private static String told(PeerVector v, PeerAnswers ours) {
        StringBuilder text = new StringBuilder("ours " + ours + ", theirs " + v.theirs() + ", of");
        v.choices().forEach((feature, choice) -> {
            if (!choice.absent()) {
                text.append(' ').append(feature).append('=').append(choice.lines());
            }
        });
        return text.toString();
    }
}
