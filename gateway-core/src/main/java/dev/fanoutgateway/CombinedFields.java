package dev.fanoutgateway;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.http.HopByHop;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.Combiner.Part;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The fields of an answer that was combined from several: what it says of caching where its combiner does not. It may be kept
 * for as long as every one of them, and by nobody if one may not be shared; it varies by what any of them varies by.
 */
final class CombinedFields {
    private static final List<String> ON_CACHING =
            List.of("Cache-Control", "Expires", "CDN-Cache-Control", "Surrogate-Control", "Set-Cookie");

    private CombinedFields() {}

    static GatewayResponse of(
            CachePolicy policy, GatewayRequest request, List<Part> parts, GatewayResponse combined, long nowMillis) {
        Headers own = HopByHop.endToEnd(combined.headers());
        Headers.Builder headers = own.without(name -> name.equalsIgnoreCase("Content-Length")).toBuilder();
        List<GatewayResponse> answers =
                parts.stream().filter(Part::accepted).map(Part::response).toList();
        if (!saysAnything(own) && answers.stream().anyMatch(answer -> saysAnything(answer.headers()))) {
            headers.add("Cache-Control", shared(policy, request, answers, nowMillis));
        }
        if (own.all("Vary").isEmpty()) {
            Set<String> vary = new LinkedHashSet<>();
            answers.forEach(answer -> vary.addAll(answer.headers().all("Vary")));
            vary.forEach(names -> headers.add("Vary", names));
        }
        return combined.withHeaders(headers.build());
    }

    private static boolean saysAnything(Headers headers) {
        return ON_CACHING.stream().anyMatch(name -> headers.first(name).isPresent());
    }

    private static String shared(
            CachePolicy policy, GatewayRequest request, List<GatewayResponse> answers, long nowMillis) {
        CachePolicy rules = policy.enabled() ? policy : CachePolicy.standard();
        long least = Long.MAX_VALUE;
        for (GatewayResponse answer : answers) {
            Optional<CachedResponse> entry =
                    CacheRules.storable(rules, request, answer, "combined", nowMillis, nowMillis);
            if (entry.isEmpty()) {
                return "no-store";
            }
            least = Math.min(least, CacheRules.ttlSeconds(entry.get(), nowMillis));
        }
        return "max-age=" + Math.max(0, least);
    }
}
