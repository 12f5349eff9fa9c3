package dev.fanoutgateway.examples.standalone;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * A stream of HTTP/2 that is ended without an error when it was answered wholly before its content had come (RFC 9113 section
 * 8.1). Jetty means to do so, and says {@code CANCEL} instead, upon which clients may forget the answer, and some do.
 */
final class AnsweredStream extends HttpStream.Wrapper {
    private volatile boolean answered;

    private AnsweredStream(HttpStream stream) {
        super(stream);
    }

    /** Before the request is handled. */
    static Request of(Request request, HttpFields.Mutable answer) {
        if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2) {
            request.addHttpStreamWrapper(AnsweredStream::new);
        }
        return request;
    }

    @Override
    public void send(
            MetaData.Request request, MetaData.Response response, boolean last, ByteBuffer content, Callback callback) {
        super.send(
                request,
                response,
                last,
                content,
                !last
                        ? callback
                        : new Callback.Nested(callback) {
                            @Override
                            public void succeeded() {
                                answered = true;
                                super.succeeded();
                            }
                        });
    }

    @Override
    public void succeeded() {
        if (answered && !isRead()) {
            super.failed(HttpStream.CONTENT_NOT_CONSUMED);
        } else {
            super.succeeded();
        }
    }

    @Override
    public void failed(Throwable failure) {
        super.failed(answered ? HttpStream.CONTENT_NOT_CONSUMED : failure);
    }

    /** An end that was read is there to be read again. */
    private boolean isRead() {
        Content.Chunk next = super.read();
        if (next != null) {
            next.release();
        }
        return next != null && next.isLast();
    }
}
