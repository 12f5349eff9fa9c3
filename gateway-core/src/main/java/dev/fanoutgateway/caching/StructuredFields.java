package dev.fanoutgateway.caching;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Structured fields (RFC 9651): a parser of dictionaries, lists and items by the algorithms of section 4.2, in linear time.
 * Never throws: a field with any error in it is empty as a whole, as the RFC asks.
 *
 * <p>Bare items are given as Java values: Integer as {@link Long}, Decimal as {@link java.math.BigDecimal}, String as
 * {@link String}, Token as {@link Token}, Byte Sequence as a read-only {@link java.nio.ByteBuffer}, Boolean as {@link
 * Boolean}, Date as {@link java.time.Instant}, Display String as {@link DisplayString}.
 */
final class StructuredFields {

    /** A member of a list or a dictionary. */
    sealed interface Member permits Item, InnerList {
        /** In the order in which they first stood; of the same key the last value counts. */
        Map<String, Object> parameters();
    }

    /** One bare item with its parameters. */
    record Item(Object value, Map<String, Object> parameters) implements Member {}

    /** Items in parentheses. */
    record InnerList(List<Item> items, Map<String, Object> parameters) implements Member {}

    /** A word without quotes: not the same as a string. */
    record Token(String text) {}

    /** Text that may hold any Unicode character. */
    record DisplayString(String text) {}

    private StructuredFields() {}

    /** Section 4.2.2; empty if there is a syntax error. Lines count as one list; no lines are no members. */
    static Optional<Map<String, Member>> dictionary(List<String> lines) {
        StructuredText text = StructuredText.of(lines);
        Map<String, Member> members = new LinkedHashMap<>();
        while (!text.atEnd()) {
            String key = text.key();
            if (key == null) {
                return Optional.empty();
            }
            Member member = text.take('=') ? member(text) : flag(text);
            if (member == null) {
                return Optional.empty();
            }
            members.put(key, member);
            if (!text.nextMember()) {
                return Optional.empty();
            }
        }
        return Optional.of(members);
    }

    /** Section 4.2.1; empty if there is a syntax error. Lines count as one list; no lines are no members. */
    static Optional<List<Member>> list(List<String> lines) {
        StructuredText text = StructuredText.of(lines);
        List<Member> members = new ArrayList<>();
        while (!text.atEnd()) {
            Member member = member(text);
            if (member == null || !text.nextMember()) {
                return Optional.empty();
            }
            members.add(member);
        }
        return Optional.of(members);
    }

    /** Section 4.2.3; empty if there is a syntax error, or no item at all. */
    static Optional<Item> item(List<String> lines) {
        StructuredText text = StructuredText.of(lines);
        Item item = item(text);
        return item != null && text.atEnd() ? Optional.of(item) : Optional.empty();
    }

    private static @Nullable Member member(StructuredText text) {
        return text.take('(') ? innerList(text) : item(text);
    }

    /** A key without a value is true. */
    private static @Nullable Member flag(StructuredText text) {
        Map<String, Object> parameters = parameters(text);
        return parameters == null ? null : new Item(true, parameters);
    }

    /** Section 4.2.1.2, what follows the opening parenthesis. */
    private static @Nullable Member innerList(StructuredText text) {
        List<Item> items = new ArrayList<>();
        while (true) {
            boolean apart = text.skipSpaces() || items.isEmpty();
            if (text.take(')')) {
                Map<String, Object> parameters = parameters(text);
                return parameters == null ? null : new InnerList(items, parameters);
            }
            Item item = apart ? item(text) : null;
            if (item == null) {
                return null;
            }
            items.add(item);
        }
    }

    private static @Nullable Item item(StructuredText text) {
        Object value = StructuredValues.read(text);
        Map<String, Object> parameters = value == null ? null : parameters(text);
        return value == null || parameters == null ? null : new Item(value, parameters);
    }

    /** Section 4.2.3.2. */
    private static @Nullable Map<String, Object> parameters(StructuredText text) {
        if (!text.at(';')) {
            return Map.of();
        }
        Map<String, Object> parameters = new LinkedHashMap<>();
        while (text.take(';')) {
            text.skipSpaces();
            String key = text.key();
            Object value = key == null ? null : text.take('=') ? StructuredValues.read(text) : Boolean.TRUE;
            if (key == null || value == null) {
                return null;
            }
            parameters.put(key, value);
        }
        return parameters;
    }
}
