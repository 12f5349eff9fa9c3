package dev.fanoutgateway.examples.standalone;

import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a configuration may say one day and is refused today, rather than ignored. When a feature arrives, its line goes, and
 * the section that holds the key reads it.
 *
 * @param instead what may stand there today
 * @param meant whether a value asks for the feature, and does not say 'off'
 */
record NotAvailable(String instead, Predicate<Node> meant) {
    private static final Map<String, NotAvailable> BY_KEY = Map.ofEntries(
            Map.entry("notify.webhook", new NotAvailable("null", NotAvailable::notNull)),
            Map.entry("console.token", new NotAvailable("null", NotAvailable::notNull)));

    /** The feature that {@code node} at {@code key} asks for, if there is no such feature yet. */
    static Optional<NotAvailable> at(String key, Node node) {
        return Optional.ofNullable(BY_KEY.get(key)).filter(feature -> feature.meant.test(node));
    }

    private static boolean notNull(Node node) {
        return !Node.isNull(node);
    }
}
