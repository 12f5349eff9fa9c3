package dev.fanoutgateway;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.http.HopByHop;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.Combiner.Part;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The fields of an answer that was combined from several: what it says of caching where its combiner does not. It may be kept
 * for as long as every one of them, and by nobody if one may not be shared; it varies by what any of them varies by. One that
 * lacks what somebody has who failed is for a crowd that asks together, and not to be remembered.
 */
final class CombinedFields {
    private static final List<String> ON_CACHING =
            List.of("Cache-Control", "Expires", "CDN-Cache-Control", "Surrogate-Control", "Set-Cookie");

    /** With a crowd behind it that is one collection a second; {@code no-store} would be one for each request. */
    private static final long INCOMPLETE_SECONDS = 1;

    private CombinedFields() {}

    /** @param everybody whether all were to answer, so that the answer lacks something where one has failed */
    static GatewayResponse of(
            CachePolicy policy,
            GatewayRequest request,
            List<Part> parts,
            boolean everybody,
            GatewayResponse combined,
            long nowMillis) {
        Headers own = HopByHop.endToEnd(combined.headers());
        Headers.Builder headers = own.without(name -> name.equalsIgnoreCase("Content-Length")).toBuilder();
        List<GatewayResponse> answers =
                parts.stream().filter(Part::accepted).map(Part::response).toList();
        boolean incomplete = everybody && lacksAny(parts);
        long most = incomplete ? INCOMPLETE_SECONDS + seconds(parts) : Long.MAX_VALUE;
        if (!saysAnything(own) && (incomplete || answers.stream().anyMatch(answer -> saysAnything(answer.headers())))) {
            headers.add("Cache-Control", shared(policy, request, answers, most, nowMillis));
        }
        if (own.all("Vary").isEmpty()) {
            Set<String> vary = new LinkedHashSet<>();
            answers.forEach(answer -> vary.addAll(answer.headers().all("Vary")));
            vary.forEach(names -> headers.add("Vary", names));
        }
        return combined.withHeaders(headers.build());
    }

    /** Whether one neither has an acceptable answer nor says properly that there is none; its last attempt counts. */
    private static boolean lacksAny(List<Part> parts) {
        Map<Backend, Boolean> lacking = new HashMap<>();
        for (Part part : parts) {
            AttemptOutcome outcome = part.outcome();
            lacking.put(outcome.backend(), !part.accepted() && outcome.result() != AttemptOutcome.Result.ABSENT);
        }
        return lacking.containsValue(true);
    }

    /** How long the collection took, rounded up: an answer is as old as the question is (RFC 9111 section 4.2.3). */
    private static long seconds(List<Part> parts) {
        long end = 0;
        for (Part part : parts) {
            end = Math.max(end, part.outcome().startNanos() + part.outcome().durationNanos());
        }
        return TimeUnit.NANOSECONDS.toSeconds(end + 999_999_999);
    }

    private static boolean saysAnything(Headers headers) {
        return ON_CACHING.stream().anyMatch(name -> headers.first(name).isPresent());
    }

    private static String shared(
            CachePolicy policy, GatewayRequest request, List<GatewayResponse> answers, long most, long nowMillis) {
        CachePolicy rules = policy.enabled() ? policy : CachePolicy.standard();
        boolean incomplete = most < Long.MAX_VALUE;
        if (incomplete && !rules.respectOrigin()) {
            return "no-store"; // nothing less counts
        }
        long least = most;
        for (GatewayResponse answer : answers) {
            Optional<CachedResponse> entry =
                    CacheRules.storable(rules, request, answer, "combined", nowMillis, nowMillis);
            if (entry.isEmpty()) {
                return "no-store";
            }
            least = Math.min(least, CacheRules.ttlSeconds(entry.get(), nowMillis));
        }
        return "max-age=" + Math.max(0, least) + (incomplete ? ", must-revalidate" : "");
    }
}
