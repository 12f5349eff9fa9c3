package dev.fanoutgateway.okhttp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import okhttp3.Authenticator;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;

/**
 * Fetches small documents that the gateway itself needs now and then. Follows no redirect, since who gives one away could have
 * the gateway ask anybody; keeps no connection. By the system's proxy and trust. Safe for use by any thread.
 */
public final class Downloads {
    private final OkHttpClient client = new OkHttpClient.Builder()
            .connectionPool(new ConnectionPool(0, 1, TimeUnit.MILLISECONDS))
            .followRedirects(false)
            .followSslRedirects(false)
            .retryOnConnectionFailure(false)
            .authenticator(Authenticator.NONE)
            .cookieJar(CookieJar.NO_COOKIES)
            .cache(null)
            .build();

    /** @throws IllegalStateException if the class path has an OkHttp older than 5 */
    public Downloads() {
        OkHttpVersion.requireFive();
    }

    /**
     * The content at {@code url}; blocks.
     *
     * @param timeoutNanos for all of it, from first to last
     * @param mostBytes of the content as it is after decoding
     * @throws IOException if there is none, with status 200, in time and of that size; its message shows nothing of it
     */
    public byte[] get(URI url, long timeoutNanos, int mostBytes) throws IOException {
        HttpUrl target = HttpUrl.get(url.toString());
        Request request = new Request.Builder().url(target).build();
        OkHttpClient bounded = client.newBuilder()
                .callTimeout(timeoutNanos, TimeUnit.NANOSECONDS)
                .build();
        try (Response response = bounded.newCall(request).execute()) {
            if (response.code() != 200) {
                throw new IOException("expected status 200, got " + response.code());
            }
            BufferedSource content = response.body().source();
            if (content.request(mostBytes + 1L)) {
                throw new IOException("expected at most " + mostBytes + " bytes, got more");
            }
            return content.readByteArray();
        } catch (InterruptedIOException e) {
            throw new IOException(
                    "expected an answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms, got none", e);
        }
    }
}
