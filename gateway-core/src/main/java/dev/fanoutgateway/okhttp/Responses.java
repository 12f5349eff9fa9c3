package dev.fanoutgateway.okhttp;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.http.HopByHop;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** OkHttp's responses as ours, read to their end. */
final class Responses {
    /** The longest array that every Java virtual machine can make. */
    private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    /** How much of a content of unknown length is read before anybody asks whether it is still wanted. */
    private static final long CHUNK = 32 << 10;

    private Responses() {}

    /**
     * A response within the request's limit; or a failure, after which the call is to be cut.
     *
     * @param head its {@link #head}, where that has been asked for and there is one
     */
    static Reply read(
            Response response,
            BackendRequest request,
            List<String> retryAfter,
            @Nullable GatewayResponse head,
            OkHttpCall call)
            throws IOException {
        int status = FollowUpGuard.status(response);
        if (status < 100 || status > 599) {
            return Reply.failed(Failure.BROKEN, true, "the status is none of HTTP's: " + status);
        }
        if (head == null && !isFramedClearly(response.headers())) {
            return Reply.failed(Failure.BROKEN, true, "the content's length is ambiguous");
        }
        if (head == null && !Http2Fields.areWellFormed(response)) {
            return Reply.failed(Failure.BROKEN, true, "a field is malformed, or there are too many");
        }
        byte[] content = status == 304
                ? new byte[0]
                : content(response.body(), Math.min(request.maxResponseBytes(), LONGEST_ARRAY), call);
        if (content == null) {
            return Reply.failed(
                    Failure.TOO_LARGE, true, "the content is longer than " + request.maxResponseBytes() + " bytes");
        }
        if (hasSurplus(response, call) && !request.request().method().equals("HEAD")) {
            return Reply.failed(Failure.BROKEN, true, "the backend sent more than its answer");
        }
        return Reply.of(
                head != null
                        ? head.withBody(Body.of(content))
                        : new GatewayResponse(status, fields(response.headers(), retryAfter), Body.of(content)));
    }

    /**
     * Status and fields, if what follows is content that may be read as it comes; null if there may be none, or nobody knows.
     */
    static @Nullable GatewayResponse head(Response response, BackendRequest request, List<String> retryAfter) {
        int status = FollowUpGuard.status(response);
        boolean content = status >= 200 && status <= 599 && status != 204 && status != 304;
        if (!content
                || request.request().method().equals("HEAD")
                || response.body().contentLength() == 0
                || !isFramedClearly(response.headers())
                || !Http2Fields.areWellFormed(response)) {
            return null;
        }
        return new GatewayResponse(status, fields(response.headers(), retryAfter), Body.empty());
    }

    /** Whether it is JSON, HTML or XML of unknown length. */
    static boolean isDocument(Response response) {
        MediaType type = response.body().contentType();
        if (type == null || response.body().contentLength() >= 0) {
            return false;
        }
        String subtype = type.subtype().toLowerCase(Locale.ROOT);
        return subtype.equals("json")
                || subtype.equals("html")
                || subtype.equals("xml")
                || subtype.endsWith("+json")
                || subtype.endsWith("+xml");
    }

    /**
     * What came after the content, without what belongs to the connection; none if it is no HTTP.
     *
     * @throws MisframedException if HTTP/2 has passed on what is none
     */
    static Headers trailers(Response response) throws MisframedException {
        okhttp3.Headers trailers;
        try {
            trailers = response.trailers();
        } catch (IOException e) {
            return Headers.empty();
        }
        if (Http2Fields.isSpoken(response) && !Http2Fields.areWellFormed(trailers)) {
            throw new MisframedException("a trailer is malformed, or there are too many");
        }
        return fields(trailers, List.of()).without("Content-Length"::equalsIgnoreCase);
    }

    /** More than its length says; HTTP/1.1 reads what is beyond it as another answer, HTTP/2 in the same stream. */
    private static boolean hasSurplus(Response response, OkHttpCall call) throws IOException {
        return Http2Fields.isSpoken(response)
                ? response.body().contentLength() >= 0
                        && !response.body().source().exhausted()
                : call.progress().hasSurplus();
    }

    /** Reads a response that nobody wants to its end, if it is no longer than this; whether it has come to it. */
    static boolean drained(Response response, long most) throws IOException {
        if (isStuck(response) || response.body().contentLength() > most) {
            return false;
        }
        BufferedSource source = response.body().source();
        long left = most;
        while (source.request(1)) {
            long some = source.getBuffer().size();
            if (some > left) {
                return false;
            }
            source.skip(some);
            left -= some;
        }
        return true;
    }

    /**
     * Whether OkHttp waits for content that never comes: a 304 may state the length that a 200 would have (RFC 9110 section
     * 15.4.5).
     */
    static boolean isStuck(Response response) {
        return response.code() == 304 && response.body().contentLength() != 0;
    }

    /** Whether there is but one way to tell where the content ends: RFC 9112 section 6.3, against response smuggling. */
    private static boolean isFramedClearly(okhttp3.Headers headers) {
        String length = null;
        boolean encoded = false;
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (name.equalsIgnoreCase("Content-Length")) {
                String value = headers.value(i);
                if (!isDigits(value) || (length != null && !length.equals(value))) {
                    return false;
                }
                length = value;
            } else if (name.equalsIgnoreCase("Transfer-Encoding")) {
                if (encoded || length != null || !headers.value(i).equalsIgnoreCase("chunked")) {
                    return false;
                }
                encoded = true;
            }
        }
        return true;
    }

    private static boolean isDigits(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return !value.isEmpty() && value.length() <= 18;
    }

    private static byte @Nullable [] content(ResponseBody body, long most, OkHttpCall call) throws IOException {
        long length = body.contentLength();
        BufferedSource source = body.source();
        if (length >= 0) {
            return length > most ? null : source.readByteArray(length);
        }
        long wanted = 0;
        do {
            wanted = Math.min(most + 1, wanted + CHUNK);
            if (!source.request(wanted)) {
                return source.getBuffer().readByteArray();
            }
        } while (wanted <= most && (call.drainBytes() == 0 || wanted <= call.drainBytes()));
        return null;
    }

    private static Headers fields(okhttp3.Headers incoming, List<String> retryAfter) {
        Headers.Builder fields = Headers.builder();
        boolean chunked = incoming.get("Transfer-Encoding") != null;
        for (int i = 0; i < incoming.size(); i++) {
            String name = incoming.name(i);
            boolean overruled = chunked && name.equalsIgnoreCase("Content-Length");
            if (!overruled) {
                add(fields, name, incoming.value(i));
            }
        }
        for (String value : retryAfter) {
            add(fields, "Retry-After", value);
        }
        return HopByHop.endToEnd(fields.build());
    }

    /** Leaves out what HTTP does not allow: OkHttp reads fields leniently. */
    private static void add(Headers.Builder fields, String name, String value) {
        try {
            fields.add(name, FieldOctets.read(value));
        } catch (IllegalArgumentException e) {
            return;
        }
    }
}
