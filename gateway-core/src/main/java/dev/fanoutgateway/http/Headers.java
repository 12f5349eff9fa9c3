package dev.fanoutgateway.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * An immutable, ordered list of header fields; names compare without regard to case (RFC 9110 section 5.1), and a name
 * may occur on several lines. Safe for use by any thread.
 */
public final class Headers {
    private static final Headers EMPTY = new Headers(new String[0]);

    /** Names at even places, values at odd ones. */
    private final String[] fields;

    private Headers(String[] fields) {
        this.fields = fields;
    }

    /** No fields at all. */
    public static Headers empty() {
        return EMPTY;
    }

    /**
     * Fields from alternating names and values.
     *
     * @throws IllegalArgumentException if a value is missing, or a name or value has a character that HTTP forbids
     */
    public static Headers of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("expected names and values in pairs, got " + namesAndValues.length);
        }
        Builder builder = new Builder(namesAndValues.length);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            builder.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return builder.build();
    }

    /** An empty builder. */
    public static Builder builder() {
        return new Builder(16);
    }

    /**
     * These fields and one more line.
     *
     * @throws IllegalArgumentException as {@link Builder#add} does
     */
    public Headers with(String name, String value) {
        Builder.checkName(name);
        Builder.checkValue(name, value);
        String[] more = Arrays.copyOf(fields, fields.length + 2);
        more[fields.length] = name;
        more[fields.length + 1] = value;
        return new Headers(more);
    }

    /** A builder that starts with these fields and has room for a few more. */
    public Builder toBuilder() {
        Builder builder = new Builder(fields.length + 12);
        builder.addAll(this);
        return builder;
    }

    /** The number of field lines. */
    public int size() {
        return fields.length / 2;
    }

    /** The name on line {@code index}, counted from 0, as it was written. */
    public String name(int index) {
        return fields[2 * index];
    }

    /** The value on line {@code index}, counted from 0. */
    public String value(int index) {
        return fields[2 * index + 1];
    }

    /** The value of the first line with this name. */
    public Optional<String> first(String name) {
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                return Optional.of(fields[i + 1]);
            }
        }
        return Optional.empty();
    }

    /** The values of all lines with this name, in order; empty if there is none. */
    public List<String> all(String name) {
        List<String> values = null;
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                if (values == null) {
                    values = new ArrayList<>(2);
                }
                values.add(fields[i + 1]);
            }
        }
        return values == null ? List.of() : values;
    }

    /** Whether a line with this name is present. */
    public boolean contains(String name) {
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Calls {@code action} with name and value of every line, in order. */
    public void forEach(BiConsumer<? super String, ? super String> action) {
        for (int i = 0; i < fields.length; i += 2) {
            action.accept(fields[i], fields[i + 1]);
        }
    }

    /** These fields without the lines whose name matches; the same object when none does. */
    public Headers without(Predicate<? super String> names) {
        String[] kept = null;
        int length = 0;
        for (int i = 0; i < fields.length; i += 2) {
            boolean goes = names.test(fields[i]);
            if (goes && kept == null) {
                kept = new String[fields.length - 2];
                System.arraycopy(fields, 0, kept, 0, i);
                length = i;
            } else if (!goes && kept != null) {
                kept[length++] = fields[i];
                kept[length++] = fields[i + 1];
            }
        }
        if (kept == null) {
            return this;
        }
        return length == 0 ? EMPTY : new Headers(length == kept.length ? kept : Arrays.copyOf(kept, length));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Headers headers && Arrays.equals(fields, headers.fields);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(fields);
    }

    /** The names only: values may be secrets. */
    @Override
    public String toString() {
        List<String> names = new ArrayList<>(size());
        forEach((name, value) -> names.add(name));
        return names.toString();
    }

    /** Collects header fields. Not safe for use by several threads. */
    public static final class Builder {
        private String[] fields;
        private int length;

        private Builder(int capacity) {
            fields = new String[Math.max(capacity, 4)];
        }

        /**
         * Adds a line.
         *
         * @throws IllegalArgumentException if the name is no token (RFC 9110 section 5.6.2), or the value has a control
         *     character other than tab (section 5.5)
         */
        public Builder add(String name, String value) {
            checkName(name);
            checkValue(name, value);
            return append(name, value);
        }

        /** Adds all lines of {@code headers}. */
        public Builder addAll(Headers headers) {
            ensureRoomFor(headers.fields.length);
            System.arraycopy(headers.fields, 0, fields, length, headers.fields.length);
            length += headers.fields.length;
            return this;
        }

        /** Replaces every line of this name by one. */
        public Builder set(String name, String value) {
            return remove(name).add(name, value);
        }

        /** Removes every line of this name. */
        public Builder remove(String name) {
            int kept = 0;
            for (int i = 0; i < length; i += 2) {
                if (!fields[i].equalsIgnoreCase(name)) {
                    fields[kept] = fields[i];
                    fields[kept + 1] = fields[i + 1];
                    kept += 2;
                }
            }
            length = kept;
            return this;
        }

        /** The fields so far; the builder may be used further. */
        public Headers build() {
            return length == 0 ? EMPTY : new Headers(Arrays.copyOf(fields, length));
        }

        private Builder append(String name, String value) {
            ensureRoomFor(2);
            fields[length++] = name;
            fields[length++] = value;
            return this;
        }

        private void ensureRoomFor(int more) {
            if (length + more > fields.length) {
                fields = Arrays.copyOf(fields, Math.max(length + more, 2 * fields.length));
            }
        }

        private static void checkName(String name) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("expected a header field name, got an empty one");
            }
            for (int i = 0; i < name.length(); i++) {
                if (!isTokenChar(name.charAt(i))) {
                    throw new IllegalArgumentException(
                            "expected a header field name, got a character 0x%02x in it at %d"
                                    .formatted((int) name.charAt(i), i));
                }
            }
        }

        private static void checkValue(String name, String value) {
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if ((c < ' ' && c != '\t') || c == 0x7f) {
                    throw new IllegalArgumentException(
                            "expected no control character in field %s, got 0x%02x at %d".formatted(name, (int) c, i));
                }
            }
        }

        private static boolean isTokenChar(char c) {
            return (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
        }
    }
}
