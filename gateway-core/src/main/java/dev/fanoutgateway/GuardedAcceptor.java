package dev.fanoutgateway;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.ResponseAcceptor;

/** An acceptor whose failures are rejections, told to the developers; whether it needs content is asked once. */
final class GuardedAcceptor implements ResponseAcceptor {
    private final ResponseAcceptor acceptor;
    private final Guarded guard;
    private final boolean needsBody;

    GuardedAcceptor(ResponseAcceptor acceptor, Guarded guard) {
        this.acceptor = acceptor;
        this.guard = guard;
        this.needsBody = guard.now(acceptor::needsBody, failure -> Boolean.TRUE);
    }

    @Override
    public Verdict judge(GatewayRequest request, GatewayResponse response) {
        return guard.now(() -> acceptor.judge(request, response), failure -> Verdict.RETRYABLE);
    }

    @Override
    public boolean needsBody() {
        return needsBody;
    }

    @Override
    public String toString() {
        return acceptor.toString();
    }
}
