package dev.fanoutgateway;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.GatewayClock;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which answers are passed on while they come: those whose content nobody of ours needs, and that are long, or of unknown
 * length, or events. What is short is read whole: then its connection is free sooner, and a break is noticed before
 * anything was given to the client.
 *
 * @param policy of the route
 * @param forwarded the request
 * @param cached whether its answer may be one to store
 * @param mostBuffered how much of an answer may be buffered, in bytes
 */
record Streamable(CachePolicy policy, GatewayRequest forwarded, boolean cached, long mostBuffered, GatewayClock clock)
        implements Predicate<GatewayResponse> {

    private static final long SHORT = 64 << 10;

    /** For one request; null if no answer to it is streamed. */
    static @Nullable Streamable of(Admission admission, GatewayRequest question, GatewayClock clock) {
        Exchange exchange = admission.exchange();
        Route route = exchange.route();
        if (!exchange.streams()
                || route.acceptor().needsBody()
                || route.strategy().combiner() != null
                || question.method().equals("HEAD")) {
            return null;
        }
        return new Streamable(
                route.cache(), admission.forwarded(), admission.mayStore(), route.maxResponseBytes(), clock);
    }

    @Override
    public boolean test(GatewayResponse head) {
        if (isEventStream(head.headers())) {
            return true;
        }
        long length = length(head.headers());
        if (length > mostBuffered) {
            return true;
        }
        boolean worthBuffering = (length >= 0 && length <= SHORT)
                || head.status() >= 400
                || (cached && CacheRules.storableIfWhole(policy, forwarded, head, clock.currentTimeMillis()));
        return !worthBuffering;
    }

    private static long length(Headers headers) {
        String given = headers.first("Content-Length").orElse("");
        try {
            return given.isEmpty() ? -1 : Long.parseLong(given);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static boolean isEventStream(Headers headers) {
        return headers.first("Content-Type")
                .map(type -> type.toLowerCase(Locale.ROOT).startsWith("text/event-stream"))
                .orElse(false);
    }
}
