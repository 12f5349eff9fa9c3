package dev.fanoutgateway.signing;

/** What is signed (RFC 9421 section 2.5), made line by line: each component once. Used by one thread. */
final class SignatureBase {
    private final StringBuilder lines = new StringBuilder(512);
    private final StringBuilder names = new StringBuilder(128).append('(');

    SignatureBase add(String component, String value) {
        lines.append('"').append(component).append("\": ").append(value).append('\n');
        if (names.length() > 1) {
            names.append(' ');
        }
        names.append('"').append(component).append('"');
        return this;
    }

    /** The components that are covered, with {@code parameters}, each of which begins with a semicolon. */
    String input(String parameters) {
        return names + ")" + parameters;
    }

    /** The base for that. */
    String of(String input) {
        return lines + "\"@signature-params\": " + input;
    }
}
