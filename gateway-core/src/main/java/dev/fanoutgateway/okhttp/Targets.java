package dev.fanoutgateway.okhttp;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.okhttp.Requests.UnsendableException;

/**
 * Refuses what OkHttp would silently turn into another target, or send as something that is no request line: the gateway has
 * decided on the target it saw, and the backend must see that one.
 */
final class Targets {
    private Targets() {}

    static void check(GatewayRequest request) throws UnsendableException {
        checkMethod(request.method());
        if (!request.path().startsWith("/")) {
            throw new UnsendableException("the target is no path");
        }
        checkCharacters(request.path(), true);
        String query = request.query();
        if (query != null) {
            checkCharacters(query, false);
        }
        checkSegments(request.path());
    }

    private static void checkMethod(String method) throws UnsendableException {
        for (int i = 0; i < method.length(); i++) {
            char c = method.charAt(i);
            boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            if (!letter && (c < '0' || c > '9') && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                throw new UnsendableException("the method is no token");
            }
        }
        if (method.isEmpty()) {
            throw new UnsendableException("the method is empty");
        }
    }

    private static void checkCharacters(String part, boolean isPath) throws UnsendableException {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '#' || (isPath && (c == '\\' || c == '?'))) {
                throw new UnsendableException("the target has a character that no request line may have");
            }
        }
    }

    /** A segment of one or two dots, each also as %2e, would be resolved against the path before it. */
    private static void checkSegments(String path) throws UnsendableException {
        int start = 1;
        while (start <= path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            if (end > start && isDots(path, start, end)) {
                throw new UnsendableException("the path has a dot segment");
            }
            start = end + 1;
        }
    }

    private static boolean isDots(String path, int start, int end) {
        int at = start;
        int dots = 0;
        while (at < end && dots <= 2) {
            if (path.charAt(at) == '.') {
                at++;
            } else if (path.regionMatches(true, at, "%2e", 0, 3)) {
                at += 3;
            } else {
                return false;
            }
            dots++;
        }
        return dots <= 2 && at == end;
    }
}
