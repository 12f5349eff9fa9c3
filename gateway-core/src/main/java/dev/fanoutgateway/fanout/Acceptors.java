package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.ResponseAcceptor;

/** The embedded judgements on answers. */
public final class Acceptors {
    private Acceptors() {}

    /**
     * Judges by the status alone (RFC 9110 section 15): 2xx is acceptable, and so is 304 where the request was conditional;
     * 404 and 410 say that there is no such resource; 408, 425, 429 and 5xx are worth trying elsewhere, as is a status that
     * answers nothing (1xx, an unasked 304); any other 3xx or 4xx is passed on.
     */
    public static ResponseAcceptor successful() {
        return Successful.INSTANCE;
    }

    /**
     * Judges a JSON object by its top-level member {@code field}: an answer is acceptable if it is 2xx and the member's
     * value is true as Python sees it, that is, anything but false, null, zero, "", [] and {}.
     *
     * <p>A false value in an answer below 500, or none at all in a 2xx one, says that there is no such resource here; so do
     * 404 and 410 whatever their content. Everything else is worth trying elsewhere: 408, 425, 429 and 5xx, a content that
     * is no JSON object or ends before the member, and other 3xx and 4xx without a false flag. What has no content by
     * definition (HEAD, 204, 205, 304 to a conditional request) is judged by its status.
     *
     * <p>The content is read only up to the member, whatever it is called by {@code Content-Type} and whatever follows, and
     * is never built up in memory; of members with the same name, the first counts. UTF-8, UTF-16 and UTF-32 are told apart
     * as JSON parsers do, a {@code gzip} or {@code deflate} content coding is undone on the fly, and one that is neither is
     * not acceptable.
     */
    public static ResponseAcceptor jsonFlag(String field) {
        return new JsonFlag(field);
    }

    /** Accepts every complete answer, whatever its status. */
    public static ResponseAcceptor any() {
        return Any.INSTANCE;
    }

    private enum Any implements ResponseAcceptor {
        INSTANCE;

        @Override
        public Verdict judge(GatewayRequest request, GatewayResponse response) {
            return Verdict.ACCEPTED;
        }

        @Override
        public boolean needsBody() {
            return false;
        }

        @Override
        public String toString() {
            return "any";
        }
    }
}
