package dev.fanoutgateway.okhttp;

import java.io.IOException;
import java.util.List;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Keeps from OkHttp's own eyes what it would act upon, and no setting turns off: {@code Retry-After} of a 503, for which it
 * would repeat the request by itself when told zero seconds, and fail on a number that is no int; and the status 407, on which
 * it fails where there is no proxy. The call puts both back. And the octets that it cannot have as text.
 */
enum FollowUpGuard implements Interceptor {
    INSTANCE;

    private static final String RETRY_AFTER = "Retry-After";
    private static final int PROXY_AUTHENTICATION = 407;
    /** None of HTTP's, so that no backend's own status is taken for it. */
    private static final int STAND_IN = 1407;

    /** The status that the backend sent. */
    static int status(Response response) {
        return response.code() == STAND_IN ? PROXY_AUTHENTICATION : response.code();
    }

    /** With octets in values that are no text, which only a connection that is watched can tell of, and write. */
    private static Response octets(Chain chain, @Nullable Connection connection) throws IOException {
        Request request = chain.request();
        if (connection == null
                || connection.protocol() != Protocol.HTTP_1_1
                || !(connection.socket() instanceof Watched watched)) {
            boolean marked = FieldOctets.haveMarks(request.headers());
            return chain.proceed(
                    marked
                            ? request.newBuilder()
                                    .headers(FieldOctets.withoutMarks(request.headers()))
                                    .build()
                            : request);
        }
        Response response = chain.proceed(request);
        List<String> odd = watched.oddValues();
        return odd == null
                ? response
                : response.newBuilder()
                        .headers(FieldOctets.marked(response.headers(), odd))
                        .build();
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = octets(chain, chain.connection());
        if (response.code() == PROXY_AUTHENTICATION) {
            return response.newBuilder().code(STAND_IN).build();
        }
        if (response.code() != 503 || response.header(RETRY_AFTER) == null) {
            return response;
        }
        OkHttpCall call = chain.call().request().tag(OkHttpCall.class);
        if (call == null) {
            return response;
        }
        call.keepRetryAfter(response.headers(RETRY_AFTER));
        return response.newBuilder().removeHeader(RETRY_AFTER).build();
    }
}
