package dev.fanoutgateway.auth;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the fields of one entry of a keys file. */
final class KeysEntryReader {
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z][\\w.-]{0,23}");
    private static final String FIELDS = "id, key, sha256, plan, expires or attributes";

    private final KeysReader file;
    private final String path;
    private final Set<String> seen = new HashSet<>();
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private @Nullable String id;
    private @Nullable String sha256;
    private @Nullable String plan;
    private @Nullable Instant expires;

    KeysEntryReader(KeysReader file, String path) {
        this.file = file;
        this.path = path;
    }

    /** Reads the field whose name is the parser's current token. */
    void readField() throws IOException {
        String name = file.parser().currentName();
        if (!seen.add(name)) {
            throw file.refused(path + '.' + name, "the field once", "it twice");
        }
        int line = file.line();
        file.parser().nextToken();
        String field = path + '.' + name;
        switch (name) {
            case "id" -> id = checkedName(line, "id", file.text(field));
            case "plan" -> plan = knownPlan(checkedName(line, "plan", file.text(field)), field);
            case "key" -> {
                String key = file.text(field);
                file.guarded(line, path, () -> sha256 = KeyEntry.digestOf(key));
            }
            case "sha256" -> {
                String hex = file.text(field);
                file.guarded(line, path, () -> KeyEntry.checkSha256(hex));
                sha256 = hex;
            }
            case "expires" -> expires = instant(field);
            case "attributes" -> readAttributes(field);
            default -> throw file.refused(path, FIELDS, looksMisspelt(name) ? "'" + name + "'" : "another field");
        }
        if (seen.contains("key") && seen.contains("sha256")) {
            throw file.refused(path, "either key or sha256", "both");
        }
    }

    /**
     * The entry.
     *
     * @throws IllegalArgumentException {@code field: expected ..., got ...} if a field is missing
     */
    KeyEntry toEntry() {
        if (id == null) {
            throw new IllegalArgumentException("id: expected text, got nothing");
        }
        if (sha256 == null) {
            throw new IllegalArgumentException("key: expected key or sha256, got neither");
        }
        if (plan == null) {
            throw new IllegalArgumentException("plan: expected text, got nothing");
        }
        return new KeyEntry(id, sha256, plan, expires, attributes);
    }

    private String checkedName(int line, String field, String value) {
        file.guarded(line, path, () -> KeyEntry.checkName(field, value));
        return value;
    }

    private String knownPlan(String name, String field) {
        if (!file.knownPlans().isEmpty() && !file.knownPlans().contains(name)) {
            throw file.refused(field, "one of " + new TreeSet<>(file.knownPlans()), quoted(name));
        }
        return name;
    }

    /** A key may stand where its plan's name should: what does not look like a name is not shown. */
    private static String quoted(String name) {
        return PLAIN_NAME.matcher(name).matches() ? "'" + name + "'" : "another name";
    }

    private @Nullable Instant instant(String field) throws IOException {
        if (file.parser().currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        String text = file.text(field);
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw file.refused(field, "a time such as 2027-01-01T00:00:00Z", "other text");
        }
    }

    private void readAttributes(String field) throws IOException {
        JsonParser parser = file.parser();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw file.refused(field, "an object", file.got());
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String attribute = field + '.' + shortened(name);
            if (attributes.containsKey(name)) {
                throw file.refused(attribute, "the attribute once", "it twice");
            }
            parser.nextToken();
            attributes.put(name, file.text(attribute));
        }
    }

    /** Whether a name may be shown: with a colon or a quote forgotten, a key can end up where a name should be. */
    private static boolean looksMisspelt(String name) {
        return name.length() >= 2
                && name.length() <= 12
                && name.chars().allMatch(Character::isLetter)
                && List.of("id", "ke", "sh", "pl", "ex", "at").contains(name.substring(0, 2));
    }

    private static String shortened(String name) {
        String printable = name.codePoints()
                .limit(40)
                .filter(c -> c >= ' ' && c <= '~')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return printable.length() == name.length() ? printable : printable + "...";
    }
}
