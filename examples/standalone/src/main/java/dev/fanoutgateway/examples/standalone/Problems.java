package dev.fanoutgateway.examples.standalone;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is wrong with a configuration file, all of it: each problem one line that names file, line and key. */
final class Problems {
    private static final int LONGEST_SHOWN = 40;

    private final String file;
    private final List<Problem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void add(int line, String path, String expected, String got) {
        add(line, path, "expected " + expected + ", got " + got);
    }

    /** A problem whose words come from elsewhere. */
    void add(int line, String path, String sentence) {
        found.add(new Problem(line, file + ':' + line + ": " + (path.isEmpty() ? "" : path + ": ") + sentence));
    }

    /** A problem of another file. */
    void addElsewhere(int line, String text) {
        found.add(new Problem(line, text));
    }

    /** In the order of the file; empty if there are none. */
    List<String> lines() {
        return found.stream()
                .sorted(Comparator.comparingInt(Problem::line))
                .map(Problem::text)
                .distinct()
                .toList();
    }

    /** A text from the file as a message may show it: short, printable, in quotes. */
    static String shown(String text) {
        return '\'' + printable(text) + '\'';
    }

    static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(LONGEST_SHOWN)
                .map(c -> c >= ' ' && c <= '~' ? c : '?')
                .forEach(shown::appendCodePoint);
        return shown + (text.codePointCount(0, text.length()) > LONGEST_SHOWN ? "..." : "");
    }

    private record Problem(int line, String text) {}
}
