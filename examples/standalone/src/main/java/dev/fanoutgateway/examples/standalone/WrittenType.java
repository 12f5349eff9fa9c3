package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.servlet.GatewayFilter;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A stream whose answer has its {@code Content-Type} as the backend wrote it: Jetty writes well-known ones without the blank
 * and in lower case. Whoever passes an answer on should not change what it says of itself (RFC 9110 section 7.7).
 */
final class WrittenType extends HttpStream.Wrapper {
    private final Request request;

    private WrittenType(HttpStream stream, Request request) {
        super(stream);
        this.request = request;
    }

    /** Before the request is handled. */
    static Request of(Request request, HttpFields.Mutable answer) {
        request.addHttpStreamWrapper(stream -> new WrittenType(stream, request));
        return request;
    }

    @Override
    public void send(
            MetaData.Request asked,
            MetaData.@Nullable Response response,
            boolean last,
            @Nullable ByteBuffer content,
            Callback callback) {
        super.send(asked, response == null ? null : asWritten(response), last, content, callback);
    }

    private MetaData.Response asWritten(MetaData.Response response) {
        HttpFields fields = response.getHttpFields();
        String type = fields.get(HttpHeader.CONTENT_TYPE);
        if (type == null
                || !(request.getAttribute(GatewayFilter.CONTENT_TYPE) instanceof String written)
                || type.equals(written)
                || !plain(type).equals(plain(written))) { // an error came between
            return response;
        }
        return new MetaData.Response(
                response.getStatus(),
                response.getReason(),
                response.getHttpVersion(),
                HttpFields.build(fields).put(HttpHeader.CONTENT_TYPE, written).asImmutable(),
                response.getContentLength(),
                response.getTrailersSupplier());
    }

    private static String plain(String type) {
        return type.replace(" ", "").toLowerCase(Locale.ROOT);
    }
}
