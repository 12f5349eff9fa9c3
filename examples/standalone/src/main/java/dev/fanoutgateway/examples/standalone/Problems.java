package dev.fanoutgateway.examples.standalone;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/** What is wrong with a configuration file, all of it: each problem one line that names file, line and key. */
final class Problems {
    private static final int LONGEST_SHOWN = 40;
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z][\\w.-]{0,23}|\\d{1,6}");

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

    /**
     * A value from the file as a message may show it: in quotes, and only its first word, since where a comma or a colon is
     * missing the next key and its value have become part of it. Of a URL with a user, nothing but the scheme: the password
     * stands there.
     */
    static String shown(String value) {
        String word = beginning(value, c -> c > ' ' && c <= '~');
        int authority = value.indexOf("//");
        boolean user = authority >= 0 && value.indexOf('@', authority) >= 0 && authority + 2 < word.length();
        return '\'' + (user ? word.substring(0, authority + 2) + "..." : word) + '\'';
    }

    /** A name from the file as a message may show it: up to the first character that is not a name's. */
    static String shownName(String name) {
        return beginning(name, c -> Character.isLetterOrDigit(c) || "._-".indexOf(c) >= 0);
    }

    /** A name from the file where a key may stand by mistake: in quotes if it looks like a name. */
    static String shownIfName(String name) {
        return PLAIN_NAME.matcher(name).matches() ? '\'' + name + '\'' : "another name";
    }

    private static String beginning(String text, IntPredicate fitting) {
        int end = 0;
        while (end < text.length() && end < LONGEST_SHOWN && fitting.test(text.charAt(end))) {
            end++;
        }
        return end == text.length() ? text : text.substring(0, end) + "...";
    }

    private record Problem(int line, String text) {}
}
