package dev.fanoutgateway.okhttp;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Keeps from OkHttp's own eyes what it would act upon, and no setting turns off: {@code Retry-After} of a 503, for which it
 * would repeat the request by itself when told zero seconds, and fail on a number that is no int; and the status 407, on which
 * it fails where there is no proxy. The call puts both back.
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

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
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
