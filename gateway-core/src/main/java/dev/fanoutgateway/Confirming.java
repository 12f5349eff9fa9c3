package dev.fanoutgateway;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.ResponseAcceptor;

/** Judges answers to the cache's own question whether a response still holds: yes, 304, confirms one that was acceptable. */
record Confirming(ResponseAcceptor acceptor) implements ResponseAcceptor {
    @Override
    public Verdict judge(GatewayRequest request, GatewayResponse response) {
        return response.status() == 304 ? Verdict.ACCEPTED : acceptor.judge(request, response);
    }

    @Override
    public boolean needsBody() {
        return acceptor.needsBody();
    }
}
