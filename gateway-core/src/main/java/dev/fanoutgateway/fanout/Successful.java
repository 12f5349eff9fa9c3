package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.ResponseAcceptor;

/** Judges by the status alone: {@link Acceptors#successful()}. */
enum Successful implements ResponseAcceptor {
    INSTANCE;

    @Override
    public Verdict judge(GatewayRequest request, GatewayResponse response) {
        int status = response.status();
        if (status >= 200 && status < 300) {
            return Verdict.ACCEPTED;
        }
        if (status == 304) {
            return isConditional(request) ? Verdict.ACCEPTED : Verdict.RETRYABLE;
        }
        if (saysAbsent(status)) {
            return Verdict.ABSENT;
        }
        return status < 200 || isWorthRetrying(status) ? Verdict.RETRYABLE : Verdict.FINAL;
    }

    static boolean saysAbsent(int status) {
        return status == 404 || status == 410;
    }

    /** Statuses that speak of the backend's condition, not of the request. */
    static boolean isWorthRetrying(int status) {
        return status >= 500 || status == 408 || status == 425 || status == 429;
    }

    /** Whether 304 can be the answer (RFC 9110 section 13.1). */
    static boolean isConditional(GatewayRequest request) {
        return request.headers().contains("If-None-Match") || request.headers().contains("If-Modified-Since");
    }

    @Override
    public boolean needsBody() {
        return false;
    }

    @Override
    public String toString() {
        return "2xx";
    }
}
