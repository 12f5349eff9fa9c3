package dev.fanoutgateway.examples.standalone;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Answers what never reaches the gateway (a broken request, one that comes while the server drains) in the gateway's own
 * form, and says nothing of the server and of the request.
 */
final class EnvelopeErrors extends ErrorHandler {
    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, body(code), callback);
    }

    @Override
    public ByteBuffer badMessageError(int status, @Nullable String reason, HttpFields.Mutable fields) {
        fields.put(HttpHeader.CONTENT_TYPE, "application/json");
        fields.put(HttpHeader.CACHE_CONTROL, "no-store");
        return body(status);
    }

    private static ByteBuffer body(int status) {
        String phrase = HttpStatus.getMessage(status);
        return ByteBuffer.wrap("{\"status\": false, \"message\": \"%s\", \"reason\": \"%s\"}"
                .formatted(phrase, phrase.toLowerCase(Locale.ROOT).replace(' ', '-'))
                .getBytes(StandardCharsets.UTF_8));
    }
}
