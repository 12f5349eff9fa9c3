package dev.fanoutgateway.okhttp;

import okhttp3.Headers;
import okhttp3.Protocol;
import okhttp3.Response;

/**
 * What OkHttp lets pass in fields of HTTP/2, where a value can have any byte: to us it is what it is in HTTP/1.1, where
 * {@link Head} sees the bytes. Otherwise somebody behind the backend could write fields, or whole answers, for clients of
 * HTTP/1.1 (RFC 9113 sections 8.2.1 and 10.3).
 */
final class Http2Fields {
    private static final int MOST_FIELDS = 256;

    private Http2Fields() {}

    static boolean isSpoken(Response response) {
        return response.protocol() == Protocol.HTTP_2 || response.protocol() == Protocol.H2_PRIOR_KNOWLEDGE;
    }

    /** Whether the fields may be passed on; those of HTTP/1.1 are seen as they come. */
    static boolean areWellFormed(Response response) {
        return !isSpoken(response) || areWellFormed(response.headers());
    }

    static boolean areWellFormed(Headers headers) {
        if (headers.size() > MOST_FIELDS) {
            return false;
        }
        int size = 0;
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            String value = headers.value(i);
            size += name.length() + value.length() + 4; // as lines of HTTP/1.1
            if (size > Framing.MOST_HEAD_BYTES || !isToken(name) || !isOneLine(value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isToken(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7f || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean isOneLine(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                return false;
            }
        }
        return true;
    }
}
