package dev.fanoutgateway;

import dev.fanoutgateway.spi.GatewayObserver;
import dev.fanoutgateway.spi.RequestRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each request at the logger {@code dev.fanoutgateway.requests}: WARN where no backend had an answer or the
 * gateway failed, DEBUG otherwise.
 */
final class RequestLog implements GatewayObserver {
    private static final Logger LOG = LoggerFactory.getLogger("dev.fanoutgateway.requests");

    @Override
    public void onRequest(RequestRecord request) {
        switch (request.outcome()) {
            case FAILED, ERROR -> {
                if (LOG.isWarnEnabled()) {
                    LOG.warn(request.describe());
                }
            }
            default -> {
                if (LOG.isDebugEnabled()) {
                    LOG.debug(request.describe());
                }
            }
        }
    }
}
