package dev.fanoutgateway.servlet;

import static dev.fanoutgateway.servlet.AbuseCase.head;

import java.util.ArrayList;
import java.util.List;

/**
 * Paths that somebody may read otherwise, targets of other forms, hosts and methods (RFC 9112 section 3, RFC 9110 sections
 * 4, 7 and 9).
 */
final class TargetAbuse {
    private static final boolean IN_UNDERTOW = "undertow".equals(System.getProperty("container"));

    static final List<AbuseCase> CASES = all();

    private TargetAbuse() {}

    private static List<AbuseCase> all() {
        List<AbuseCase> cases = new ArrayList<>();
        for (String path : List.of(
                "/open/../own/a",
                "/open/./a",
                "/open/a/..",
                "/open/a/.",
                "/open/.",
                "/open/%2e%2e/own/a",
                "/open/%2E%2e/own/a",
                "/open/.%2E/own/a",
                "/open/%2e/a",
                "/open/a%2eb",
                "/open/..;/own/a",
                "/open/..;x=1/own/a",
                "/open/;/../own/a",
                "/open/a;x=1",
                "/open;x/a",
                "/open/a;jsessionid=1",
                "/open/a%3bx",
                "/open//a",
                "/open///a",
                "/open/a//",
                "/open/a\\b",
                "/open/..\\own\\a",
                "/open\\..\\own\\a",
                "/open/%5c..%5cown/a",
                "/open/a%5Cb",
                "/open/a%2fb",
                "/open/a%2Fb",
                "/open/..%2fown/a",
                "/open/%2e%2e%2fown/a",
                "/open%2f..%2fown%2fa",
                "/open/a%00",
                "/open/a%00.json",
                "/open/a%0d%0aX-Caller-Id:%20root",
                "/open/a%0a",
                "/open/a%09",
                "/open/a%7f",
                "/open/%252e%252e/own/a",
                "/open/%252f",
                "/open/%c0%ae%c0%ae/own/a",
                "/open/%c0%af",
                "/open/%e0%80%ae",
                "/open/%f0%80%80%ae",
                "/open/%ed%a0%80",
                "/open/%ff",
                "/open/%80",
                "/open/%c3",
                "/open/%zz",
                "/open/%",
                "/open/%4",
                "/open/%u002e%u002e/own/a",
                "/open/a^b",
                "/open/a|b",
                "/open/a`b",
                "/open/<a>",
                "/open/{a}",
                "/open/[a]",
                "/open/\"a\"",
                "/open/a\u00e9",
                "/open/\u00c3\u00a9",
                "/open/a\u0001b",
                "/open/a\u007fb",
                "/odd/..%2f..%2fown/a",
                "/odd/..;/own/a",
                "/odd/;/..;/own/a",
                "/odd/%252e%252e/own/a",
                "/odd/%25252e",
                "/odd/%2500",
                "/odd/a%5cb",
                "/odd/.%2e/own/a",
                "/odd/a%2f..%2f..%2fown/a")) {
            cases.add(head("path " + shown(path), "GET CTX" + path + " HTTP/1.1", "Host: a")
                    .refused());
        }
        for (String path : List.of(
                "/open/a%20b",
                "/open/%61",
                "/open/%C3%A9",
                "/open/%c3%a9",
                "/open/...",
                "/open/.a",
                "/open/a..b",
                "/open/a:b@c!$&'()*+,=~-_",
                "/open/",
                "/open/a?b?",
                "/open/a?b=//../;x&%2e%2e=%00",
                "/open/a?b=c?d=/e",
                "/open/a?;b",
                "/open/a?&&=&",
                "/odd//a",
                "/odd/a%2Fb%2f",
                "/odd/a;x=1/b;y",
                "/odd/100%25",
                "/odd/a%252Fb")) {
            cases.add(head("target as it came: " + shown(path), "GET CTX" + path + " HTTP/1.1", "Host: a")
                    .sees("GET IN" + path + " HTTP/1.1")
                    .unlessRefused());
        }
        for (String octets : List.of(
                "\u00e9",
                "\u00ff",
                "\u00c3\u00a9",
                "\u00c3",
                "\u00ed\u00a0\u0080",
                "a=b\u0080&c",
                "\u009b",
                "\u007f")) {
            cases.add(head("octets in a query: " + shown(octets), "GET CTX/open/a?" + octets + " HTTP/1.1", "Host: a")
                    .refused());
        }
        for (String query : List.of("a='b'", "\"", "<script>", "a=\"b\"&c=<d>")) {
            String sent = query.replace("'", "%27")
                    .replace("\"", "%22")
                    .replace("<", "%3C")
                    .replace(">", "%3E");
            cases.add(head("escaped as clients do: " + query, "GET CTX/open/a?" + query + " HTTP/1.1", "Host: a")
                    .sees("GET IN/open/a?" + sent + " HTTP/1.1")
                    .unlessRefused()); // by Tomcat
        }
        for (String query : List.of("a|b", "a[0]=1", "{a}", "a^b`", "a\\b", "%zz%e9%", "%C3%A9+%20")) {
            cases.add(head("query as it came: " + query, "GET CTX/open/a?" + query + " HTTP/1.1", "Host: a")
                    .sees("GET IN/open/a?" + query + " HTTP/1.1")
                    .unlessRefused()); // by Tomcat
        }
        cases.addAll(forms());
        cases.addAll(methods());
        return cases;
    }

    private static List<AbuseCase> forms() {
        return List.of(
                head("the path of a route in capitals", "GET CTX/OPEN/a HTTP/1.1", "Host: a")
                        .refused(401),
                head("the path of a route with escapes", "GET CTX/%6fpen/a HTTP/1.1", "Host: a")
                        .sees("GET IN/%6fpen/a HTTP/1.1"),
                head("no key by way of an open route's name", "GET CTX/own/open/a HTTP/1.1", "Host: a")
                        .refused(401),
                head("an encoded slash does not end the name", "GET CTX/open%2fa HTTP/1.1", "Host: a")
                        .refused(),
                head("dots before the place", "GET /../CTX/open/a HTTP/1.1", "Host: a")
                        .refused(),
                head("dots that lead back", "GET CTX/../CTX/open/a HTTP/1.1", "Host: a")
                        .refused(),
                head("two slashes at the beginning", "GET /CTX/open/a HTTP/1.1", "Host: a")
                        .refused(),
                head("a question mark and nothing behind it", "GET CTX/open/a? HTTP/1.1", "Host: a")
                        .sees("GET IN/open/a" + (IN_UNDERTOW ? "" : "?") + " HTTP/1.1"), // which does not tell of it
                head("absolute form", "GET http://aCTX/open/a HTTP/1.1", "Host: a")
                        .sees("GET IN/open/a HTTP/1.1"),
                head("absolute form, another Host", "GET http://aCTX/open/a HTTP/1.1", "Host: b")
                        .sees("GET IN/open/a HTTP/1.1")
                        .unlessRefused(),
                head("absolute form, another scheme", "GET ftp://aCTX/open/a HTTP/1.1", "Host: a")
                        .sees("GET IN/open/a HTTP/1.1")
                        .unlessRefused(),
                head("absolute form of somebody else", "GET http://evil.exampleCTX/own/a HTTP/1.1", "Host: a")
                        .refused(),
                head("absolute form with dots", "GET http://aCTX/open/../own/a HTTP/1.1", "Host: a")
                        .refused(),
                head("absolute form with a user", "GET http://u:p@aCTX/open/a HTTP/1.1", "Host: a")
                        .sees("GET IN/open/a HTTP/1.1")
                        .unlessRefused(),
                head("absolute form without a path", "GET http://a HTTP/1.1", "Host: a")
                        .refused(),
                head("authority form", "GET a:80 HTTP/1.1", "Host: a").refused(),
                head("asterisk form", "GET * HTTP/1.1", "Host: a").refused(),
                head("no slash at the beginning", "GET openCTX/a HTTP/1.1", "Host: a")
                        .refused(),
                head("a query without a path", "GET ?CTX/open/a HTTP/1.1", "Host: a")
                        .refused(),
                head("a fragment", "GET CTX/open/a#b HTTP/1.1", "Host: a")
                        .sees("GET IN/open/a HTTP/1.1")
                        .unlessRefused(),
                head("a fragment behind the query", "GET CTX/open/a?b#c HTTP/1.1", "Host: a")
                        .sees("GET IN/open/a?b HTTP/1.1")
                        .unlessRefused(),
                head("no Host", "GET CTX/open/a HTTP/1.1", "X: y").refused(),
                head("two Hosts", "GET CTX/open/a HTTP/1.1", "Host: a", "Host: b")
                        .refused(),
                head("two Hosts that agree", "GET CTX/open/a HTTP/1.1", "Host: a", "Host: a")
                        .refused(),
                head("two in one Host", "GET CTX/open/a HTTP/1.1", "Host: a, b").refused(),
                head("an empty Host", "GET CTX/open/a HTTP/1.1", "Host:")
                        .sees("GET IN/open/a HTTP/1.1", "forwarded: for=127.0.0.1;proto=http", "-x-forwarded-host")
                        .unlessRefused(),
                head("a Host with a user", "GET CTX/open/a HTTP/1.1", "Host: u@a")
                        .refused(),
                head("a Host with a path", "GET CTX/open/a HTTP/1.1", "Host: a/../b")
                        .refused(),
                head("a Host with a space", "GET CTX/open/a HTTP/1.1", "Host: a b")
                        .refused(),
                head("a Host that closes a quotation", "GET CTX/open/a HTTP/1.1", "Host: a\";for=6.6.6.6")
                        .refused(),
                head("a Host with a port that is none", "GET CTX/open/a HTTP/1.1", "Host: a:x")
                        .refused(),
                head("a Host that is kept", "GET CTX/kept/a HTTP/1.1", "Host: A.example:8080")
                        .sees(
                                "GET IN/kept/a HTTP/1.1",
                                "host: a.example:8080",
                                "x-forwarded-host: a.example:8080",
                                "forwarded: for=127.0.0.1;host=\"a.example:8080\";proto=http"));
    }

    private static List<AbuseCase> methods() {
        return List.of(
                head("TRACE", "TRACE CTX/open/a HTTP/1.1", "Host: a").refused(),
                head("TRACE with a key", "TRACE CTX/own/a HTTP/1.1", "Host: a", "X-API-Key: " + AbusedGateway.KEY)
                        .refused()
                        .tellsNot(AbusedGateway.KEY),
                head("CONNECT to an authority", "CONNECT a:80 HTTP/1.1", "Host: a:80")
                        .refused(),
                head("CONNECT to a path", "CONNECT CTX/open/a HTTP/1.1", "Host: a")
                        .refused(),
                head("a method in small letters", "get CTX/open/a HTTP/1.1", "Host: a")
                        .refused(),
                head("a method in mixed letters", "Get CTX/open/a HTTP/1.1", "Host: a")
                        .refused(),
                head("a method that nobody knows", "FOO CTX/open/a HTTP/1.1", "Host: a")
                        .refused(501),
                head("a method that the route does not name", "PROPFIND CTX/open/a HTTP/1.1", "Host: a")
                        .refused(501),
                head("a method that the route names", "PROPFIND CTX/dav/a HTTP/1.1", "Host: a")
                        .sees("PROPFIND IN/dav/a HTTP/1.1", "content-length: 0"),
                head("a method that is not the route's", "DELETE CTX/dav/a HTTP/1.1", "Host: a")
                        .refused(401),
                head("a method that is no token", "G(T CTX/open/a HTTP/1.1", "Host: a")
                        .refused(),
                head("a method with a null", "G\0T CTX/open/a HTTP/1.1", "Host: a")
                        .refused(),
                head("no method", " CTX/open/a HTTP/1.1", "Host: a").refused(),
                head("a very long method", "X".repeat(5000) + " CTX/open/a HTTP/1.1", "Host: a")
                        .refused());
    }

    private static String shown(String path) {
        StringBuilder shown = new StringBuilder();
        path.chars().forEach(c -> shown.append(c > ' ' && c < 127 ? String.valueOf((char) c) : "<%02x>".formatted(c)));
        return shown.toString();
    }
}
