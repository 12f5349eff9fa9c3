package dev.fanoutgateway.caching;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * The vectors that vectors.mjs makes. The first line of the file holds the choices for each feature; every other line is a
 * vector: one character for each feature's choice, counted from {@code !}, and http-cache-semantics's answers.
 */
final class PeerVectors {
    static final String FILE = "http-cache-semantics.gz";

    private final List<String> names = new ArrayList<>();
    private final List<List<PeerChoice>> choices = new ArrayList<>();
    private final List<PeerVector> vectors = new ArrayList<>();
    private final String peer;
    private final long now;

    private PeerVectors(BufferedReader lines) throws IOException {
        JsonNode head = new ObjectMapper().readTree(Objects.requireNonNull(lines.readLine()));
        peer = head.path("peer").asText();
        now = head.path("now").asLong();
        for (JsonNode feature : head.path("features")) {
            names.add(feature.path("name").asText());
            List<PeerChoice> pool = new ArrayList<>();
            feature.path("choices").forEach(choice -> pool.add(PeerChoice.of(choice)));
            choices.add(pool);
        }
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            vectors.add(vector(List.of(line.split(" ", -1))));
        }
    }

    static PeerVectors read() {
        try (InputStream file = Objects.requireNonNull(PeerVectors.class.getResourceAsStream(FILE), FILE);
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII))) {
            return new PeerVectors(lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String peer() {
        return peer;
    }

    List<PeerVector> all() {
        return vectors;
    }

    private PeerVector vector(List<String> columns) {
        String code = columns.get(0);
        Map<String, PeerChoice> picked = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            picked.put(names.get(i), choices.get(i).get(code.charAt(i) - '!'));
        }
        return new PeerVector(code, picked, now, PeerAnswers.of(columns.subList(1, columns.size())));
    }
}
