package dev.fanoutgateway;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.relay.Passage;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What no key opens the way for: methods and expectations that are not forwarded, and requests that go in circles. */
final class RequestRules {
    /** Those of {@link #isUsual}. */
    private static final String USUAL = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, M-SEARCH";

    private final List<Route> routes;
    private final Passage passage;

    RequestRules(List<Route> routes, Passage passage) {
        this.routes = routes;
        this.passage = passage;
    }

    /** Whether the path may be forwarded: every backend reads it as the gateway does, or in ways that the route allows. */
    boolean pathAllowed(Exchange exchange) {
        Route route = exchange.route();
        String method = exchange.request().method();
        String path = exchange.request().path();
        if (PathRules.unambiguous(path)) {
            return true;
        }
        List<String> readings = PathReadings.of(path, route.allowedPaths());
        return !readings.isEmpty()
                && readings.stream().allMatch(reading -> FanoutGateway.first(routes, method, reading) == route);
    }

    /** Whether a plan covers the path of {@code exchange}, in every reading of it. */
    static boolean covers(Plan plan, Exchange exchange) {
        String path = exchange.request().path();
        return plan.covers(path)
                && (exchange.route().allowedPaths().isEmpty()
                        || PathRules.unambiguous(path)
                        || PathReadings.of(path, exchange.route().allowedPaths()).stream()
                                .allMatch(plan::covers));
    }

    /** The answer to a request that is not to go further (RFC 9110 section 7.6.2); null if it is to, or not one of these. */
    static @Nullable Answer lastStop(Exchange exchange, Grant grant) {
        GatewayRequest request = exchange.request();
        if (!request.method().equals("OPTIONS")) {
            return null;
        }
        List<String> lines = request.headers().all("Max-Forwards");
        if (lines.isEmpty()) {
            return null;
        }
        long left = lines.size() == 1 ? Passage.maxForwards(lines.get(0)) : -1;
        if (left < 0) {
            return Refusals.badRequest(request, "The Max-Forwards field is invalid.", grant);
        }
        return left == 0 ? Refusals.optionsHere(allowed(exchange.route()), grant) : null;
    }

    /** Why the request is refused, whoever has sent it; null if it is not. */
    @Nullable
    Answer refusal(Exchange exchange) {
        GatewayRequest request = exchange.request();
        if (!isUsual(request.method())) {
            Answer refusal = refusal(request, exchange.route());
            if (refusal != null) {
                return refusal;
            }
        }
        Headers headers = request.headers();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            int length = name.length();
            if (length == 3 && name.equalsIgnoreCase("Via") && passage.loops(headers)) {
                return Refusals.loop(request);
            }
            if (length == 6
                    && name.equalsIgnoreCase("Expect")
                    && !headers.value(i).trim().equalsIgnoreCase("100-continue")) {
                return Refusals.expectationFailed(request);
            }
        }
        return null;
    }

    /**
     * The methods that every route takes which names none; others are for those who name them. M-SEARCH is UPnP's, which is
     * sent to plain servers; it counts as unsafe.
     */
    private static boolean isUsual(String method) {
        return switch (method) {
            case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "M-SEARCH" -> true;
            default -> false;
        };
    }

    private static boolean isNeverForwarded(String method) {
        return method.equals("TRACE") || method.equals("CONNECT");
    }

    /** The methods that {@code route} takes and forwards, as a field {@code Allow} names them (RFC 9110 section 10.2.1). */
    private static String allowed(Route route) {
        return route.methods().isEmpty()
                ? USUAL
                : route.methods().stream()
                        .filter(method -> !isNeverForwarded(method))
                        .collect(Collectors.joining(", "));
    }

    private static @Nullable Answer refusal(GatewayRequest request, Route route) {
        String method = request.method();
        if (isNeverForwarded(method)) {
            return Refusals.methodNotAllowed(request, allowed(route));
        }
        if (!isToken(method)) {
            return Refusals.badRequest(request, "The method is no token.", Grant.NONE);
        }
        return route.methods().contains(method) ? null : Refusals.notImplemented(request);
    }

    private static boolean isToken(String method) {
        for (int i = 0; i < method.length(); i++) {
            char c = method.charAt(i);
            boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            if (!letter && (c < '0' || c > '9') && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return !method.isEmpty();
    }
}
