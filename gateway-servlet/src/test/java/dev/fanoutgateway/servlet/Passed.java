package dev.fanoutgateway.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A request that reached the backend: what differs each time is made the same, and fields are in lower case.
 *
 * @param line the request line
 * @param fields every line of the head, {@code name: value}
 * @param content what follows
 */
record Passed(String line, List<String> fields, String content) {
    /** What a request to {@code Host: a} without anything of its own is sent on with. */
    private static final List<String> USUAL = List.of(
            "host: BACKEND",
            "forwarded: for=127.0.0.1;host=a;proto=http",
            "x-forwarded-for: 127.0.0.1",
            "x-forwarded-proto: http",
            "x-forwarded-host: a",
            "via: 1.1 edge",
            "x-request-id: ID",
            "traceparent: TRACE",
            "x-internal-token: mine",
            "x-attempt: 1",
            "x-request-timeout-ms: TIME",
            "accept-encoding: identity",
            "user-agent: AGENT",
            "connection: Keep-Alive");

    static Passed of(String request, String backend) {
        int end = request.indexOf("\r\n\r\n");
        List<String> lines = List.of(request.substring(0, end).split("\r\n", -1));
        List<String> fields = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            fields.add(name + ": " + same(name, line.substring(colon + 2), backend));
        }
        return new Passed(lines.get(0), fields, request.substring(end + 4));
    }

    private static String same(String name, String value, String backend) {
        return switch (name) {
            case "host" -> value.equals(backend) ? "BACKEND" : value;
            case "x-request-id" -> value.matches("[0-9a-f]{32}") ? "ID" : value;
            case "traceparent" -> value.matches("00-[0-9a-f]{32}-[0-9a-f]{16}-03") ? "TRACE" : value;
            case "x-request-timeout-ms" -> value.matches("[0-9]{4,6}") ? "TIME" : value;
            case "user-agent" -> value.startsWith("fanout-gateway") ? "AGENT" : value;
            default -> value;
        };
    }

    /** What every request is sent on with, but for the fields that {@code others} has, or takes away by {@code -name}. */
    static List<String> usual(List<String> others) {
        List<String> fields = new ArrayList<>(USUAL);
        for (String other : others) {
            String name = other.startsWith("-") ? other.substring(1) : other.substring(0, other.indexOf(':'));
            fields.removeIf(field -> USUAL.contains(field) && field.startsWith(name + ":"));
        }
        others.stream().filter(other -> !other.startsWith("-")).forEach(fields::add);
        return fields;
    }
}
