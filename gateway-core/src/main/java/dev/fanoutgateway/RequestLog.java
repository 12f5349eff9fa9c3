package dev.fanoutgateway;

import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.GatewayObserver;
import dev.fanoutgateway.spi.RequestRecord;
import java.util.stream.Collectors;
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
                    LOG.warn(line(request));
                }
            }
            default -> {
                if (LOG.isDebugEnabled()) {
                    LOG.debug(line(request));
                }
            }
        }
    }

    private static String line(RequestRecord request) {
        String attempts =
                request.attempts().stream().map(AttemptOutcome::describe).collect(Collectors.joining("; "));
        return "%s %s route=%s caller=%s status=%d outcome=%s ms=%d%s"
                .formatted(
                        printable(request.method()),
                        printable(request.path()),
                        request.route(),
                        printable(request.caller().map(Caller::id).orElse("-")),
                        request.status(),
                        request.outcome(),
                        request.elapsedNanos() / 1_000_000,
                        attempts.isEmpty() ? "" : " attempts=[" + attempts + "]");
    }

    /** One event, one line: what a client sent cannot start another. */
    private static String printable(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            safe.append(c < ' ' || c >= 0x7f ? "\\u%04x".formatted((int) c) : String.valueOf(c));
        }
        return safe.toString();
    }
}
