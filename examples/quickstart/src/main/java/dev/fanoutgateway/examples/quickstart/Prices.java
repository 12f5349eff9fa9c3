package dev.fanoutgateway.examples.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Monthly share prices, read from {@code stocks.csv}. */
final class Prices {
    private final Map<String, List<String>> bySymbol;
    private final String highest;

    private Prices(Map<String, List<String>> bySymbol, String highest) {
        this.bySymbol = bySymbol;
        this.highest = highest;
    }

    static Prices load() {
        Map<String, List<String>> bySymbol = new LinkedHashMap<>();
        try (InputStream in = Prices.class.getResourceAsStream("/stocks.csv")) {
            if (in == null) {
                throw new IllegalStateException("stocks.csv is not in the jar");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            lines.lines()
                    .skip(1)
                    .map(line -> line.split(","))
                    .forEach(row -> bySymbol.computeIfAbsent(row[0], symbol -> new ArrayList<>())
                            .add("{\"date\": \"%s\", \"price\": %s}".formatted(row[1], row[2])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Prices(bySymbol, highestOf(bySymbol));
    }

    /** These prices without one share's; the report stays as it is. */
    Prices without(String symbol) {
        Map<String, List<String>> rest = new LinkedHashMap<>(bySymbol);
        rest.remove(symbol);
        return new Prices(rest, highest);
    }

    /** The JSON of a share's prices; empty if it is not known here. */
    Optional<String> json(String symbol) {
        return Optional.ofNullable(bySymbol.get(symbol)).map(rows -> "[" + String.join(", ", rows) + "]");
    }

    /** The highest price that any share had, as JSON. */
    String highest() {
        return highest;
    }

    private static String highestOf(Map<String, List<String>> bySymbol) {
        return bySymbol.entrySet().stream()
                .flatMap(share -> share.getValue().stream().map(row -> Map.entry(share.getKey(), row)))
                .max(Comparator.comparingDouble(entry -> price(entry.getValue())))
                .map(entry -> "{\"symbol\": \"%s\", \"at\": %s}".formatted(entry.getKey(), entry.getValue()))
                .orElse("null");
    }

    private static double price(String row) {
        return Double.parseDouble(row.substring(row.lastIndexOf(' ') + 1, row.length() - 1));
    }
}
