package dev.fanoutgateway;

import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The responses the gateway makes itself: an envelope {@code {"status": false, "message": ..., "reason": ...}}, or problem
 * details (RFC 9457) where the client asks for them; never stored by anyone.
 */
final class Refusals {
    private static final String PROBLEM = "application/problem+json";
    private static final String JSON = "application/json";

    /** A weight of less than one (RFC 9110 section 12.4.2), with its decimals. */
    private static final Pattern WEIGHT = Pattern.compile(";\\s*q=0(?:\\.([0-9]{0,3}))?\\s*(?:;|$)");

    private Refusals() {}

    static Answer badRequest(GatewayRequest request, String message, Grant grant) {
        return Answer.of(response(request, 400, "bad-request", message), Outcome.BAD_REQUEST, grant);
    }

    /** More content than the gateway takes (RFC 9110 section 15.5.14). */
    static Answer contentTooLarge(GatewayRequest request, long most, Grant grant) {
        String message = "The request's content is longer than " + most + " bytes.";
        return Answer.of(response(request, 413, "content-too-large", message), Outcome.BAD_REQUEST, grant);
    }

    /** The content did not come in time (RFC 9110 section 15.5.9). */
    static Answer contentLate(GatewayRequest request, Grant grant) {
        String message = "The request's content did not come in time.";
        return Answer.of(response(request, 408, "request-timeout", message), Outcome.BAD_REQUEST, grant);
    }

    /** TRACE would show a client the fields that are added for the backends; CONNECT is for tunnels (RFC 9110 section 9.3). */
    static Answer methodNotAllowed(GatewayRequest request, String allowed) {
        GatewayResponse response = response(request, 405, "method-not-allowed", "The method is not forwarded.");
        return Answer.of(with(response, "Allow", allowed), Outcome.BAD_REQUEST, Grant.NONE);
    }

    /** What may be asked here, said by the last who was to be asked. */
    static Answer optionsHere(String allowed, Grant grant) {
        GatewayResponse response =
                new GatewayResponse(204, Headers.of("Allow", allowed, "Cache-Control", "no-store"), Body.empty());
        return Answer.of(response, Outcome.BAD_REQUEST, grant);
    }

    /** No route takes such a method, and nobody knows what a backend takes it for (RFC 9110 section 9.1). */
    static Answer notImplemented(GatewayRequest request) {
        return Answer.of(
                response(request, 501, "not-implemented", "The method is not known."), Outcome.BAD_REQUEST, Grant.NONE);
    }

    /** Of the expectations only 100-continue is known (RFC 9110 section 10.1.1). */
    static Answer expectationFailed(GatewayRequest request) {
        String message = "The request expects what is not known.";
        return Answer.of(response(request, 417, "expectation-failed", message), Outcome.BAD_REQUEST, Grant.NONE);
    }

    /** The request has been here before (RFC 5842 section 7.2). */
    static Answer loop(GatewayRequest request) {
        String message = "The request has come through this gateway before.";
        return Answer.of(response(request, 508, "loop-detected", message), Outcome.BAD_REQUEST, Grant.NONE);
    }

    /** One and the same for a missing, malformed, unknown and expired key (RFC 9110 section 15.5.2). */
    static Answer unauthenticated(GatewayRequest request) {
        GatewayResponse response = response(request, 401, "unauthenticated", "A valid API key is required.");
        return Answer.of(
                with(response, "WWW-Authenticate", "Bearer realm=\"api\""), Outcome.UNAUTHENTICATED, Grant.NONE);
    }

    static Answer tooManyFailures(GatewayRequest request, Duration retryAfter) {
        GatewayResponse response =
                response(request, 429, "too-many-failures", "Too many failed attempts to authenticate.");
        return Answer.of(with(response, "Retry-After", seconds(retryAfter)), Outcome.LIMITED, Grant.NONE);
    }

    static Answer notInPlan(GatewayRequest request, Grant grant) {
        return Answer.of(
                response(request, 403, "not-in-plan", "The caller's plan does not cover this resource."),
                Outcome.FORBIDDEN,
                grant);
    }

    /** Over a limit; {@link Completion} adds what the limiter said, {@code Retry-After} included (RFC 6585 section 4). */
    static Answer limited(GatewayRequest request, Grant grant) {
        return Answer.of(
                response(request, 429, "rate-limited", "The plan's limit is reached; retry after the stated time."),
                Outcome.LIMITED,
                grant);
    }

    /** A part that is needed to admit the request does not work. */
    static Answer unavailable(GatewayRequest request, Grant grant) {
        GatewayResponse response =
                response(request, 503, "gateway-unavailable", "The gateway cannot decide right now.");
        return Answer.of(with(response, "Retry-After", "1"), Outcome.ERROR, grant);
    }

    /** More requests wait for backends than the gateway may keep. */
    static Answer overloaded(GatewayRequest request, Grant grant) {
        GatewayResponse response = response(request, 503, "overloaded", "The gateway has too many requests to serve.");
        return Answer.of(with(response, "Retry-After", "1"), Outcome.OVERLOADED, grant);
    }

    /** @param methods by which there would be a route (RFC 9110 section 15.5.6) */
    static GatewayResponse noRoute(GatewayRequest request, Set<String> methods) {
        if (methods.isEmpty()) {
            return response(request, 404, "no-route", "There is no such route.");
        }
        GatewayResponse response = response(request, 405, "method-not-allowed", "No route takes this method here.");
        return with(response, "Allow", String.join(", ", methods));
    }

    static Answer internalError(GatewayRequest request, Grant grant) {
        return Answer.of(response(request, 500, "internal-error", "The gateway failed."), Outcome.ERROR, grant);
    }

    /** The client is gone: nobody reads this (status as in nginx's 499 has no place in HTTP, so 503). */
    static Answer abandoned(GatewayRequest request, Grant grant) {
        return Answer.of(response(request, 503, "abandoned", "The client went away."), Outcome.ABANDONED, grant);
    }

    /** The client wanted a stored answer or none (RFC 9111 section 5.2.1.7). */
    static Answer notCached(GatewayRequest request, Grant grant) {
        return Answer.of(response(request, 504, "not-cached", "There is no stored answer."), Outcome.ABSENT, grant);
    }

    /** No backend had an acceptable answer. */
    static GatewayResponse nobody(GatewayRequest request, FailurePolicy policy, FanoutResult.Cause cause) {
        int status = policy.statusFor(cause);
        String message = switch (cause) {
            case ABSENT -> "No backend has this resource.";
            case UNAVAILABLE -> "No backend is available.";
            case INCOMPLETE -> "Not every backend is available, and no other has this resource.";
            case LATE -> "No backend gave an acceptable answer in time.";
            case TOO_FEW -> "Too few backends gave an acceptable answer.";
            case UNCOMBINED -> "The backends' answers could not be combined.";
            case ACCEPTED, FINAL, BROKEN, CANCELLED -> "No backend gave an acceptable answer.";
        };
        GatewayResponse response =
                response(request, status, cause.name().toLowerCase(Locale.ROOT).replace('_', '-'), message);
        return status == 503 ? with(response, "Retry-After", "1") : response;
    }

    private static GatewayResponse response(GatewayRequest request, int status, String reason, String message) {
        boolean problem = wantsProblem(request.headers());
        String json = problem
                ? "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\",\"reason\":\"%s\"}"
                        .formatted(title(status), status, message, reason)
                : "{\"status\": false, \"message\": \"%s\", \"reason\": \"%s\"}".formatted(message, reason);
        Headers headers = Headers.of("Content-Type", problem ? PROBLEM : JSON, "Cache-Control", "no-store");
        return new GatewayResponse(status, headers, Body.utf8(json));
    }

    /** Whether the client names problem details, and prefers no other JSON to them. */
    private static boolean wantsProblem(Headers headers) {
        int problem = 0;
        int json = 0;
        for (String line : headers.all("Accept")) {
            for (String range : line.toLowerCase(Locale.ROOT).split(",")) {
                int parameters = range.indexOf(';');
                String type = (parameters < 0 ? range : range.substring(0, parameters)).trim();
                if (type.equals(PROBLEM)) {
                    problem = Math.max(problem, weight(range));
                } else if (type.equals(JSON)) {
                    json = Math.max(json, weight(range));
                }
            }
        }
        return problem > 0 && problem >= json;
    }

    /** In thousandths. */
    private static int weight(String range) {
        Matcher matcher = WEIGHT.matcher(range);
        if (!matcher.find()) {
            return 1_000;
        }
        String decimals = matcher.group(1) == null ? "" : matcher.group(1);
        return Integer.parseInt((decimals + "000").substring(0, 3));
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 413 -> "Content Too Large";
            case 417 -> "Expectation Failed";
            case 429 -> "Too Many Requests";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 508 -> "Loop Detected";
            default -> "Internal Server Error";
        };
    }

    private static GatewayResponse with(GatewayResponse response, String name, String value) {
        return response.withHeaders(
                response.headers().toBuilder().add(name, value).build());
    }

    /** Whole seconds, rounded up, at least one (RFC 9110 section 10.2.3). */
    private static String seconds(Duration time) {
        return Long.toString(Math.max(1, time.plusNanos(999_999_999).toSeconds()));
    }
}
