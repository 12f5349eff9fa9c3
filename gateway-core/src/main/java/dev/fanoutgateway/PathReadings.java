package dev.fanoutgateway;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The paths that backends may take a path for that is of an allowed {@link PathForm}. A route may have it only if all of them
 * are its own: {@code /admin;x/keys} must not come to the backends by a route that needs no key, if {@code /admin/**} needs
 * one. Linear in the path; for at most six forms there are 64 readings.
 */
final class PathReadings {
    private PathReadings() {}

    /** Every reading, {@code path} among them; empty if it is refused. */
    static List<String> of(String path, Set<PathForm> allowed) {
        Set<PathForm> present = present(path);
        if (present.isEmpty()) {
            return List.of(); // what is wrong with it is no form that can be allowed
        }
        if (present.contains(PathForm.ENCODED_PERCENT)) {
            present.addAll(present(decodedOnce(path)));
        }
        if (!allowed.containsAll(present) || !isHarmless(path, present)) {
            return List.of();
        }
        List<PathForm> forms = List.copyOf(present);
        List<String> readings = new ArrayList<>();
        for (int subset = 0; subset < 1 << forms.size(); subset++) {
            Set<PathForm> some = EnumSet.noneOf(PathForm.class);
            for (int i = 0; i < forms.size(); i++) {
                if ((subset >> i & 1) != 0) {
                    some.add(forms.get(i));
                }
            }
            readings.add(resolved(path, some));
        }
        return readings;
    }

    /** Whether nothing else is wrong with it: with its parameters, which some backends read, and without them. */
    private static boolean isHarmless(String path, Set<PathForm> present) {
        if (!PathRules.unambiguous(resolved(path, present))) {
            return false;
        }
        Set<PathForm> others = EnumSet.copyOf(present);
        return !others.remove(PathForm.PARAMETERS)
                || PathRules.unambiguous(
                        unescaped(resolved(path, others), "%3b", '=').replace(';', '='));
    }

    private static Set<PathForm> present(String path) {
        Set<PathForm> present = EnumSet.noneOf(PathForm.class);
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == ';') {
                present.add(PathForm.PARAMETERS);
            } else if (c == '/' && path.startsWith("/", i + 1)) {
                present.add(PathForm.DOUBLE_SLASH);
            } else if (c == '%') {
                switch (Escapes.octet(path, i)) {
                    case '/' -> present.add(PathForm.ENCODED_SLASH);
                    case '\\' -> present.add(PathForm.ENCODED_BACKSLASH);
                    case '.' -> present.add(PathForm.ENCODED_DOT);
                    case '%' -> present.add(PathForm.ENCODED_PERCENT);
                    case ';' -> present.add(PathForm.PARAMETERS);
                    default -> {}
                }
            }
        }
        return present;
    }

    private static String resolved(String path, Set<PathForm> forms) {
        String read = path;
        if (forms.contains(PathForm.ENCODED_PERCENT)) {
            read = decodedOnce(read);
        }
        if (forms.contains(PathForm.ENCODED_DOT)) {
            read = unescaped(read, "%2e", '.');
        }
        if (forms.contains(PathForm.ENCODED_SLASH)) {
            read = unescaped(read, "%2f", '/');
        }
        if (forms.contains(PathForm.ENCODED_BACKSLASH)) {
            read = unescaped(read, "%5c", '/');
        }
        if (forms.contains(PathForm.PARAMETERS)) {
            read = withoutParameters(unescaped(read, "%3b", ';'));
        }
        return forms.contains(PathForm.DOUBLE_SLASH) ? withoutEmptySegments(read) : read;
    }

    /** A percent sign that begins no escape then is nothing but that, and stands here as some other harmless character. */
    private static String decodedOnce(String path) {
        StringBuilder read = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            if (path.startsWith("%25", i)) {
                boolean escape = Character.digit(at(path, i + 3), 16) >= 0 && Character.digit(at(path, i + 4), 16) >= 0;
                read.append(escape ? '%' : '~');
                i += 2;
            } else {
                read.append(path.charAt(i));
            }
        }
        return read.toString();
    }

    private static char at(String path, int index) {
        return index < path.length() ? path.charAt(index) : ' ';
    }

    private static String unescaped(String path, String escape, char character) {
        return path.replace(escape, String.valueOf(character))
                .replace(escape.toUpperCase(Locale.ROOT), String.valueOf(character));
    }

    private static String withoutParameters(String path) {
        StringBuilder kept = new StringBuilder(path.length());
        boolean cut = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            cut = c == ';' || (cut && c != '/');
            if (!cut) {
                kept.append(c);
            }
        }
        return kept.toString();
    }

    private static String withoutEmptySegments(String path) {
        StringBuilder kept = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '/' || kept.length() == 0 || kept.charAt(kept.length() - 1) != '/') {
                kept.append(c);
            }
        }
        return kept.toString();
    }
}
