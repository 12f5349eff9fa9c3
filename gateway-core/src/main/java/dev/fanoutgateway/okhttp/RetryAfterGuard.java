package dev.fanoutgateway.okhttp;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Keeps {@code Retry-After} of a 503 from OkHttp's own eyes: it would repeat the request by itself when told zero seconds,
 * and fail on a number that is no int. No setting turns that off. The call puts the field back.
 */
enum RetryAfterGuard implements Interceptor {
    INSTANCE;

    private static final String RETRY_AFTER = "Retry-After";

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
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
