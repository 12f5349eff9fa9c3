package dev.fanoutgateway.caching;

import dev.fanoutgateway.caching.StructuredFields.Item;
import dev.fanoutgateway.caching.StructuredFields.Member;
import dev.fanoutgateway.caching.StructuredFields.Token;
import dev.fanoutgateway.http.Headers;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a field that is targeted at this cache says (RFC 9213), which then counts in place of {@code Cache-Control} and
 * {@code Expires}. A directive whose value is not of its type is ignored (section 2.1), as are all parameters.
 *
 * @param noCache also where it names fields only
 * @param isPrivate also where it names fields only
 * @param maxAge in seconds; 0 if negative, -1 if not stated; as are all numbers here
 */
record TargetedDirectives(
        boolean noStore,
        boolean noCache,
        boolean isPrivate,
        boolean isPublic,
        boolean mustRevalidate,
        boolean proxyRevalidate,
        boolean mustUnderstand,
        long maxAge,
        long sharedMaxAge,
        long staleWhileRevalidate,
        long staleIfError) {

    private static final String OLDER = "Surrogate-Control";

    /**
     * The fields that are meant for this cache, in order of preference. The last is older than RFC 9213, and what origins
     * send that know other caches of this kind.
     */
    private static final List<String> TARGETS = List.of("Fanout-Gateway-Cache-Control", "CDN-Cache-Control", OLDER);

    /** Of the first target field that is there, is a dictionary and is not empty; else there is none to go by. */
    static Optional<TargetedDirectives> of(Headers response) {
        if (!anyTarget(response)) {
            return Optional.empty();
        }
        for (String target : TARGETS) {
            Map<String, Member> directives =
                    StructuredFields.dictionary(response.all(target)).orElse(Map.of());
            if (!directives.isEmpty()) {
                TargetedDirectives said = of(directives);
                // The older field has other uses, too, that say nothing of caching.
                if (!target.equals(OLDER) || said.noStore || said.maxAge != Directives.ABSENT) {
                    return Optional.of(said);
                }
            }
        }
        return Optional.empty();
    }

    /** By length first: hardly any response has one. */
    private static boolean anyTarget(Headers response) {
        for (int i = 0; i < response.size(); i++) {
            String name = response.name(i);
            for (String target : TARGETS) {
                if (name.length() == target.length() && name.equalsIgnoreCase(target)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static TargetedDirectives of(Map<String, Member> directives) {
        return new TargetedDirectives(
                flag(directives, "no-store"),
                flagOrFields(directives, "no-cache"),
                flagOrFields(directives, "private"),
                flag(directives, "public"),
                flag(directives, "must-revalidate"),
                flag(directives, "proxy-revalidate"),
                flag(directives, "must-understand"),
                seconds(directives, "max-age"),
                seconds(directives, "s-maxage"),
                seconds(directives, "stale-while-revalidate"),
                seconds(directives, "stale-if-error"));
    }

    private static boolean flag(Map<String, Member> directives, String name) {
        return directives.get(name) instanceof Item item && item.value().equals(true);
    }

    /** Field names stand in a string, or in a token if there is but one. */
    private static boolean flagOrFields(Map<String, Member> directives, String name) {
        return flag(directives, name)
                || (directives.get(name) instanceof Item item
                        && (item.value() instanceof String || item.value() instanceof Token));
    }

    private static long seconds(Map<String, Member> directives, String name) {
        return directives.get(name) instanceof Item item && item.value() instanceof Long seconds
                ? Math.max(0, Math.min(seconds, Directives.LARGEST_SECONDS))
                : Directives.ABSENT;
    }
}
