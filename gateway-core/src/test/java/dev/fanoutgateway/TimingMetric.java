package dev.fanoutgateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One metric of a Server-Timing field, read by its grammar (W3C Server Timing, RFC 9110 sections 5.6.1 to 5.6.6) and nothing
 * more lenient.
 */
record TimingMetric(String name, Map<String, String> parameters) {
    static List<TimingMetric> parse(String value) {
        return new Reader(value).list();
    }

    double dur() {
        return Double.parseDouble(parameters.get("dur"));
    }

    String desc() {
        return parameters.getOrDefault("desc", "");
    }

    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        List<TimingMetric> list() {
            List<TimingMetric> metrics = new ArrayList<>();
            do {
                space();
                metrics.add(metric());
                space();
            } while (taken(','));
            if (at < text.length()) {
                throw refused("a comma or the end");
            }
            return metrics;
        }

        private TimingMetric metric() {
            String name = token();
            Map<String, String> parameters = new LinkedHashMap<>();
            space();
            while (taken(';')) {
                space();
                String parameter = token();
                space();
                if (!taken('=')) {
                    throw refused("=");
                }
                space();
                if (parameters.put(parameter, next() == '"' ? quoted() : token()) != null) {
                    throw refused("each parameter once");
                }
                space();
            }
            return new TimingMetric(name, parameters);
        }

        private String token() {
            int start = at;
            while (next() > ' ' && next() < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(next()) < 0) {
                at++;
            }
            if (at == start) {
                throw refused("a token");
            }
            return text.substring(start, at);
        }

        private String quoted() {
            StringBuilder content = new StringBuilder();
            at++;
            while (next() != '"') {
                if (next() == '\\') {
                    at++;
                }
                if (next() < ' ' || next() > '~') {
                    throw refused("printable ASCII");
                }
                content.append(next());
                at++;
            }
            at++;
            return content.toString();
        }

        private void space() {
            while (next() == ' ' || next() == '\t') {
                at++;
            }
        }

        private boolean taken(char wanted) {
            boolean there = next() == wanted;
            at += there ? 1 : 0;
            return there;
        }

        /** The next character; 0 at the end. */
        private char next() {
            return at < text.length() ? text.charAt(at) : 0;
        }

        private AssertionError refused(String expected) {
            return new AssertionError("expected " + expected + " at " + at + " of: " + text);
        }
    }
}
