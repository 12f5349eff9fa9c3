package dev.fanoutgateway.examples.standalone;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Rules about the head of a request that Jetty leaves to others. Stateless. */
final class HeadRules implements HttpConfiguration.Customizer {
    @Override
    public Request customize(Request request, HttpFields.Mutable responseFields) {
        checkScheme(request);
        checkUser(request);
        if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_0
                && request.getHeaders().contains(HttpHeader.EXPECT)) {
            request.addHttpStreamWrapper(Uninterrupted::new);
        }
        boolean encrypted = request.getConnectionMetaData().isSecure();
        return request.isSecure() == encrypted ? request : new AsConnected(request, encrypted);
    }

    /** Whoever asks for something by another protocol does not ask for what is here (RFC 9110 section 4.2). */
    private static void checkScheme(Request request) {
        String scheme = request.getHttpURI().getScheme();
        if (scheme != null && !HttpScheme.HTTP.is(scheme) && !HttpScheme.HTTPS.is(scheme)) {
            throw new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, "Scheme");
        }
    }

    /** Beside an authority, Jetty takes this for a failure of its own. */
    private static void checkUser(Request request) {
        String host = request.getHeaders().get(HttpHeader.HOST);
        if (host != null && host.indexOf('@') >= 0) {
            throw new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, "Host");
        }
    }

    /** In the scheme of the connection: the one in the target is the client's word. */
    private static final class AsConnected extends Request.Wrapper {
        private final boolean encrypted;
        private final HttpURI uri;

        AsConnected(Request request, boolean encrypted) {
            super(request);
            this.encrypted = encrypted;
            this.uri = HttpURI.build(request.getHttpURI())
                    .scheme(encrypted ? HttpScheme.HTTPS : HttpScheme.HTTP)
                    .asImmutable();
        }

        @Override
        public boolean isSecure() {
            return encrypted;
        }

        @Override
        public HttpURI getHttpURI() {
            return uri;
        }
    }

    /** Without interim answers: a client of HTTP/1.0 takes the first for the last (RFC 9110 sections 10.1.1 and 15.2). */
    private static final class Uninterrupted extends HttpStream.Wrapper {
        Uninterrupted(HttpStream stream) {
            super(stream);
        }

        @Override
        public void send(
                MetaData.Request request,
                MetaData.@Nullable Response response,
                boolean last,
                @Nullable ByteBuffer content,
                Callback callback) {
            if (response != null && HttpStatus.isInterim(response.getStatus())) {
                callback.succeeded();
            } else {
                super.send(request, response, last, content, callback);
            }
        }
    }
}
