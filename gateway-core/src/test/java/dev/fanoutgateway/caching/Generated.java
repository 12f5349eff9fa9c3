package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import java.util.Random;

/** Messages from a seed: half of what they say is right, half is not. */
final class Generated {
    private static final String[] WORDS = {
        "max-age",
        "s-maxage",
        "no-store",
        "no-cache",
        "private",
        "public",
        "must-revalidate",
        "=",
        "=",
        ",",
        ", ",
        "\"",
        "\\",
        " ",
        ";",
        "0",
        "1",
        "60",
        "3600",
        "99999999999999999999",
        "-1",
        "é",
        "\u20ac",
        "x",
        "\t"
    };
    private static final String[] DATES = {
        "Thu, 01 Jan 2026 00:00:00 GMT",
        "Thu, 01 Jan 2026 01:00:00 GMT",
        "Thursday, 01-Jan-26 00:00:00 GMT",
        "Thu Jan  1 00:00:00 2026",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Thu, 01 Jan 0000 00:00:00 GMT",
        "0",
        "-1",
        "",
        "never",
        "Thu, 01 Jan 2026 00:00:00 UTC"
    };
    private static final String[] NAMES = {
        "Cache-Control",
        "Cache-Control",
        "Expires",
        "Date",
        "Age",
        "Vary",
        "ETag",
        "Last-Modified",
        "Set-Cookie",
        "Content-Length",
        "Connection",
        "Pragma",
        "If-None-Match",
        "If-Modified-Since",
        "Range",
        "Accept",
        "Cookie",
        "Authorization",
        "Accept-Language",
        "X-Forwarded-Host",
        "RateLimit",
        "If-Match"
    };
    private static final String[] VALUES = {
        "",
        "*",
        "W/\"a\"",
        "\"a\"",
        "\"",
        "W/",
        "\"a\", \"b\"",
        "Accept",
        "accept , Accept-Language",
        "close, X-A",
        "0",
        "5",
        "99999999999999999999",
        "-5",
        "5, 6",
        "no-cache",
        "en",
        "bytes=0-1",
        "gzip;q=0.5 , br",
        ",,;,"
    };
    private static final int[] STATUSES = {200, 200, 200, 203, 204, 206, 301, 302, 304, 404, 410, 500, 503, 599};
    private static final String[] METHODS = {"GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "get", ""};

    private Generated() {}

    static String cacheControl(Random random) {
        StringBuilder line = new StringBuilder();
        for (int words = random.nextInt(12); words > 0; words--) {
            line.append(one(WORDS, random));
        }
        return line.toString();
    }

    static Headers headers(Random random) {
        Headers.Builder headers = Headers.builder();
        for (int lines = random.nextInt(10); lines > 0; lines--) {
            String name = one(NAMES, random);
            headers.add(random.nextInt(4) == 0 ? name.toLowerCase(java.util.Locale.ROOT) : name, value(name, random));
        }
        return headers.build();
    }

    static GatewayRequest request(Random random) {
        String query = random.nextInt(3) == 0 ? null : text(random, "abc=&%;?#/ ");
        Body body = random.nextInt(10) == 0 ? Body.utf8("x") : Body.empty();
        return new GatewayRequest(
                one(METHODS, random), '/' + text(random, "ab/%2F ?"), query, headers(random), body, "127.0.0.1");
    }

    static GatewayResponse response(Random random) {
        Body body = Body.of(new byte[random.nextInt(3) * 5]);
        return new GatewayResponse(STATUSES[random.nextInt(STATUSES.length)], headers(random), body);
    }

    static String text(Random random, String alphabet) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(8); length > 0; length--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    static String one(String[] choices, Random random) {
        return choices[random.nextInt(choices.length)];
    }

    private static String value(String name, Random random) {
        return switch (name) {
            case "Cache-Control" -> cacheControl(random);
            case "Expires", "Date", "Last-Modified", "If-Modified-Since" ->
                random.nextInt(5) == 0 ? one(VALUES, random) : one(DATES, random);
            default -> random.nextInt(5) == 0 ? one(DATES, random) : one(VALUES, random);
        };
    }
}
