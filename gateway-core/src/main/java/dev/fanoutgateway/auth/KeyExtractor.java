package dev.fanoutgateway.auth;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.KeyCredential.Source;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the caller's key in a request and takes it out. Immutable; safe for use by any thread.
 *
 * <p>A key stands in a header field, in {@code Authorization: Bearer} (RFC 6750 section 2.1), or in a query parameter;
 * that is also the precedence for {@link dev.fanoutgateway.spi.KeyCredential#source()}. The same key in several places or
 * on several lines is one credential, two different ones are refused as a conflict, and anything presented that cannot be
 * a key makes the whole request malformed. A key has 1 to 512 printable ASCII characters.
 */
public final class KeyExtractor {
    private static final KeyExtractor STANDARD = of("X-API-Key", "api_key");
    private static final String AUTHORIZATION = "Authorization";
    private static final String BEARER = "Bearer";

    private final String headerName;
    private final QueryParameter parameter;
    private final int longestBearer;
    private final Predicate<String> keyHeaders = this::isKeyHeader;
    private final Predicate<String> keyHeadersAndAuthorization =
            name -> name.equalsIgnoreCase(AUTHORIZATION) || isKeyHeader(name);

    private KeyExtractor(String headerName, QueryParameter parameter, int longestBearer) {
        this.headerName = headerName;
        this.parameter = parameter;
        this.longestBearer = longestBearer;
    }

    /** {@code X-API-Key}, {@code Authorization: Bearer}, {@code api_key}. */
    public static KeyExtractor standard() {
        return STANDARD;
    }

    /**
     * A key in the field {@code headerName}, in {@code Authorization: Bearer}, or in {@code queryParameter}.
     *
     * @throws IllegalArgumentException if the field's name is none, or is Authorization; if the parameter's name is empty
     *     or has a character other than letters, digits, {@code - . _ ~} (RFC 3986 section 2.3)
     */
    public static KeyExtractor of(String headerName, String queryParameter) {
        Headers.of(headerName, "");
        if (headerName.equalsIgnoreCase("Authorization")) {
            throw new IllegalArgumentException(
                    "expected a header field for keys other than Authorization, which is read for Bearer in any case");
        }
        if (queryParameter.isEmpty() || !queryParameter.chars().allMatch(KeyExtractor::isUnreserved)) {
            throw new IllegalArgumentException(
                    "expected a query parameter of letters, digits and -._~, got '" + queryParameter + "'");
        }
        return new KeyExtractor(headerName, new QueryParameter(queryParameter), KeySyntax.LONGEST);
    }

    /**
     * This one, for bearer tokens of up to {@code characters}, where those are longer than keys.
     *
     * @throws IllegalArgumentException unless {@code characters} are 512 to 65,536
     */
    public KeyExtractor longestBearer(int characters) {
        if (characters < KeySyntax.LONGEST || characters > 1 << 16) {
            throw new IllegalArgumentException("expected bearer tokens of 512 to 65536 characters, got " + characters);
        }
        return new KeyExtractor(headerName, parameter, characters);
    }

    /**
     * The key of {@code request}, and the request without any: without every line of the key's field (also written with
     * underscores for hyphens, which CGI-like backends cannot tell apart), every Authorization line of scheme Bearer, and
     * every key parameter, with or without a value. Nothing else is altered; a request without any of these is returned as
     * it is.
     */
    public Extraction extract(GatewayRequest request) {
        Found found = new Found(longestBearer);
        Headers headers = request.headers();
        boolean keyHeader = false;
        boolean bearer = false;
        boolean otherScheme = false;
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (isKeyHeader(name)) {
                keyHeader = true;
                if (name.equalsIgnoreCase(headerName)) {
                    found.add(Source.HEADER, KeySyntax.trimmed(headers.value(i), 0));
                }
            } else if (name.equalsIgnoreCase(AUTHORIZATION)) {
                String token = bearerToken(headers.value(i));
                if (token == null) {
                    otherScheme = true;
                } else {
                    bearer = true;
                    found.add(Source.BEARER, token);
                }
            }
        }
        Headers kept = headers;
        if (bearer) {
            kept = otherScheme ? withoutBearer(headers) : headers.without(keyHeadersAndAuthorization);
        } else if (keyHeader) {
            kept = headers.without(keyHeaders);
        }
        String query = request.query();
        if (query != null) {
            parameter.collect(query, found);
        }
        return found.in(rebuilt(request, kept));
    }

    /**
     * {@code request} without the key's field and parameter, but with its Authorization lines: for routes that need no
     * key, whose backends may have an authentication of their own. The same object if there is nothing to take out.
     */
    public GatewayRequest strip(GatewayRequest request) {
        return rebuilt(request, request.headers().without(keyHeaders));
    }

    private GatewayRequest rebuilt(GatewayRequest request, Headers headers) {
        String before = request.query();
        String query = before == null ? null : parameter.strippedFrom(before);
        if (headers == request.headers() && isSame(query, before)) {
            return request;
        }
        return new GatewayRequest(
                request.method(),
                request.path(),
                query,
                headers,
                request.body(),
                request.clientAddress(),
                request.arrival());
    }

    @SuppressWarnings("ReferenceEquality") // strippedFrom returns the same object if it changed nothing
    private static boolean isSame(@Nullable String query, @Nullable String before) {
        return query == before;
    }

    private Headers withoutBearer(Headers headers) {
        Headers.Builder builder = Headers.builder();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            boolean ours = isKeyHeader(name)
                    || (name.equalsIgnoreCase(AUTHORIZATION) && bearerToken(headers.value(i)) != null);
            if (!ours) {
                builder.add(name, headers.value(i));
            }
        }
        return builder.build();
    }

    /** The key's field, or one that differs only in underscores for hyphens. */
    private boolean isKeyHeader(String name) {
        int length = name.length();
        if (length != headerName.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (folded(name.charAt(i)) != folded(headerName.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static char folded(char c) {
        if (c == '_') {
            return '-';
        }
        return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
    }

    /** What follows the scheme Bearer, or null if this is another scheme. */
    private static @Nullable String bearerToken(String value) {
        String trimmed = KeySyntax.trimmed(value, 0);
        int length = BEARER.length();
        if (!trimmed.regionMatches(true, 0, BEARER, 0, length)) {
            return null;
        }
        if (trimmed.length() == length) {
            return "";
        }
        char next = trimmed.charAt(length);
        return next == ' ' || next == '\t' ? KeySyntax.trimmed(trimmed, length) : null;
    }

    private static boolean isUnreserved(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-._~".indexOf(c) >= 0;
    }
}
