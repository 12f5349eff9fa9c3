package dev.fanoutgateway.servlet;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one answer into a container's response, blocking. Used by one thread; only {@link #stop} may come from another. */
final class ResponseWriter {
    private static final Logger log = LoggerFactory.getLogger(ResponseWriter.class);

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final @Nullable RequestContent content;
    private final boolean head;
    private volatile @Nullable BodyPump pump;
    private volatile boolean stopped;
    private volatile boolean whole;
    private volatile boolean replaced;

    ResponseWriter(HttpServletRequest request, HttpServletResponse response) {
        this(request, response, null);
    }

    /** @param content of the request; null for none */
    ResponseWriter(HttpServletRequest request, HttpServletResponse response, @Nullable RequestContent content) {
        this.request = request;
        this.response = response;
        this.content = content;
        head = "HEAD".equals(request.getMethod());
    }

    /**
     * Writes {@code answer}. A client that is gone ends it quietly.
     *
     * @return false if the answer's content broke off after its beginning was sent: then the connection must be cut, or
     *     the client takes a part for the whole
     */
    boolean write(GatewayResponse answer) {
        if (response.isCommitted()) {
            log.debug("an answer came for a response that is committed already: {}", answer);
            BodyPump.discard(answer.body());
            return true;
        }
        GatewayResponse last = answer;
        if (answer.status() < 200) {
            BodyPump.discard(answer.body());
            last = Refusals.notFinal();
        }
        try {
            response.setStatus(last.status());
            ResponseFields.copy(last.headers(), response);
            ResponseFields.keepType(last.headers(), request, response);
            tellOfContentThatIsNotRead();
            return writeBody(last);
        } catch (IOException e) {
            log.debug("the client is gone before it had its answer: {}", e.toString());
            return true;
        } finally {
            if (pump == null) {
                BodyPump.discard(last.body()); // there may be a connection behind it
            }
        }
    }

    /**
     * Jetty closes a connection over which content is still to come, and says so only here: a client that was not told would
     * lose its next request (RFC 9112 section 9.6).
     */
    private void tellOfContentThatIsNotRead() {
        if (content != null && !content.isRead() && request.getProtocol().startsWith("HTTP/1")) {
            response.setHeader("Connection", "close");
        }
    }

    /**
     * Writes {@code answer} on the container's thread, and cuts the connection if it breaks off.
     *
     * @throws IOException if that is how to cut it
     */
    void writeHere(GatewayResponse answer) throws IOException {
        if (!write(answer)) {
            Abort.here(request, response);
        }
    }

    /** The client is gone: ends a write that waits for more content. */
    void stop() {
        stopped = true;
        BodyPump writing = pump;
        if (writing != null) {
            writing.stop();
        }
    }

    private boolean writeBody(GatewayResponse answer) throws IOException {
        Body body = answer.body();
        if (head) {
            writeLengthOnly(answer);
            return true;
        }
        if (answer.status() == 204 || answer.status() == 304) {
            // Committed here, or a container would add the length 0, which in a 304 is said of the content that the
            // client has already (RFC 9110 section 8.6).
            response.flushBuffer();
            return true;
        }
        if (body.length() >= 0) {
            response.setContentLengthLong(body.length());
        }
        if (!body.isBuffered()) {
            return stream(body, answer);
        }
        if (body.length() > 0) {
            body.writeTo(response.getOutputStream());
        }
        return true;
    }

    /** What GET would have sent, without its content (RFC 9110 section 9.3.2). */
    private void writeLengthOnly(GatewayResponse answer) throws IOException {
        long length = lengthOf(answer);
        if (length >= 0 && answer.status() != 204 && answer.status() != 304) {
            response.setContentLengthLong(length);
        } else {
            response.flushBuffer(); // or a container would state the length 0, which GET's answer may not have
        }
    }

    private static long lengthOf(GatewayResponse answer) {
        if (answer.body().length() > 0) {
            return answer.body().length();
        }
        String given = answer.headers().first("Content-Length").orElse("");
        try {
            return given.isEmpty() ? -1 : Long.parseLong(given);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private boolean stream(Body body, GatewayResponse answer) throws IOException {
        ServletOutputStream out = response.getOutputStream();
        boolean events = isEventStream(answer);
        boolean flushing = body.length() < 0 || events;
        withTrailers(body);
        if (events) {
            response.flushBuffer(); // the client learns that it is connected, however long there is nothing to tell
        }
        BodyPump writing = new BodyPump();
        pump = writing;
        if (stopped) {
            writing.stop();
        }
        BodyPump.End end = writing.writeTo(out, body.publisher(), flushing);
        whole = end == BodyPump.End.WHOLE;
        if (end != BodyPump.End.BROKEN) {
            return true;
        }
        if (response.isCommitted()) {
            return false;
        }
        replaced = true;
        response.reset();
        return write(Refusals.notFinal());
    }

    /** Only chunked content and later versions of HTTP can have them; containers refuse what cannot. */
    private void withTrailers(Body body) {
        if (body.length() < 0) {
            try {
                response.setTrailerFields(() -> trailersOf(body));
            } catch (IllegalStateException e) {
                log.debug("an answer's trailers cannot be sent to this client: {}", e.getMessage());
            }
        }
    }

    /**
     * Never null, which Undertow does not understand. It also ends a chunked answer as if it were whole when the filter
     * throws: asked for what comes last, this is where it can be stopped.
     *
     * @throws IllegalStateException if the content broke off
     */
    private Map<String, String> trailersOf(Body body) {
        if (replaced) {
            return Map.of();
        }
        if (!whole) {
            throw new IllegalStateException("the backend's answer broke off after its beginning was sent");
        }
        Headers trailers = body.trailers();
        Map<String, String> fields = new LinkedHashMap<>();
        trailers.forEach((name, value) -> fields.merge(name, value, (one, more) -> one + ", " + more));
        return fields;
    }

    private static boolean isEventStream(GatewayResponse answer) {
        return answer.headers()
                .first("Content-Type")
                .map(type -> type.toLowerCase(Locale.ROOT).startsWith("text/event-stream"))
                .orElse(false);
    }
}
