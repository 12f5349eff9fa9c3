package dev.fanoutgateway.servlet;

import static dev.fanoutgateway.servlet.AbuseCase.head;
import static dev.fanoutgateway.servlet.AbuseCase.of;
import static dev.fanoutgateway.servlet.AbusedGateway.KEY;

import java.util.ArrayList;
import java.util.List;

/**
 * Keys in odd places and odd writing. Whatever becomes of the request, the backend never gets a key, nor does the client get
 * it back.
 */
final class CredentialAbuse {
    private static final String OWN = "GET CTX/own/a HTTP/1.1";
    private static final String PASSED = "GET IN/own/a HTTP/1.1";
    private static final String OTHER = "other-key-0123456789";
    private static final String ID = "x-caller-id: demo";
    private static final String PLAN = "x-caller-plan: basic";

    static final List<AbuseCase> CASES = all();

    private CredentialAbuse() {}

    private static List<AbuseCase> all() {
        List<AbuseCase> cases = new ArrayList<>();
        cases.addAll(good());
        cases.addAll(bad());
        for (String query : List.of(
                "api_key=" + KEY,
                "api%5Fkey=" + KEY,
                "api%5fkey=" + KEY,
                "%61%70%69%5f%6b%65%79=" + KEY,
                "api_key=demo%2Dkey%2D0123456789",
                "api_key=" + KEY + "&api_key=" + KEY,
                "api_key=" + KEY + "&api%5Fkey=" + KEY)) {
            cases.add(head("key in the query: " + query, "GET CTX/own/a?" + query + " HTTP/1.1", "Host: a")
                    .sees(PASSED, ID, PLAN)
                    .tellsNot(KEY)
                    .spends(1));
            cases.add(head(
                            "key in the query of an open route: " + query,
                            "GET CTX/open/a?x=1&" + query + "&y HTTP/1.1",
                            "Host: a")
                    .sees("GET IN/open/a?x=1&y HTTP/1.1")
                    .tellsNot(KEY));
        }
        for (String query : List.of(
                "API_KEY=" + KEY,
                "Api_Key=" + KEY,
                "api-key=" + KEY,
                "api_key[]=" + KEY,
                "api%255Fkey=" + KEY,
                "apikey=" + KEY,
                "+api_key=" + KEY,
                "x;api_key=" + KEY)) {
            cases.add(head("no key in the query: " + query, "GET CTX/own/a?" + query + " HTTP/1.1", "Host: a")
                    .refused());
        }
        for (String query : List.of(
                "api_key",
                "api_key=",
                "api_key=%",
                "api_key=%zz",
                "api_key=a%00b",
                "api_key=a+b",
                "api_key=%0a",
                "api_key=%C3%A9",
                "api_key=" + "k".repeat(513),
                "api_key=" + KEY + "&api_key=",
                "api_key=" + KEY + "&api_key=" + OTHER)) {
            cases.add(head(
                            "key in the query that is none: " + (query.length() > 70 ? "long" : query),
                            "GET CTX/own/a?" + query + " HTTP/1.1",
                            "Host: a")
                    .refused() // some containers refuse bad escapes themselves
                    .tellsNot(KEY));
        }
        return cases;
    }

    private static List<AbuseCase> good() {
        return List.of(
                head("the key's own field", OWN, "Host: a", "X-API-Key: " + KEY)
                        .sees(PASSED, ID, PLAN)
                        .spends(1)
                        .tellsNot(KEY),
                head("the key's field in small letters, with spaces", OWN, "Host: a", "x-api-key: \t" + KEY + " ")
                        .sees(PASSED, ID, PLAN)
                        .spends(1),
                head("a bearer", OWN, "Host: a", "Authorization: bEARER \t " + KEY)
                        .sees(PASSED, ID, PLAN)
                        .spends(1),
                head("the same key twice", OWN, "Host: a", "X-API-Key: " + KEY, "X-API-Key: " + KEY)
                        .sees(PASSED, ID, PLAN)
                        .spends(1),
                head(
                                "the same key in three places",
                                "GET CTX/own/a?api_key=" + KEY + " HTTP/1.1",
                                "Host: a",
                                "X-API-Key: " + KEY,
                                "Authorization: Bearer " + KEY)
                        .sees(PASSED, ID, PLAN)
                        .spends(1),
                head(
                                "a key and a claim",
                                OWN,
                                "Host: a",
                                "X-API-Key: " + KEY,
                                "X-Caller-Id: root",
                                "X-Caller-Plan: gold",
                                "X_Caller_Id: root")
                        .sees(PASSED, ID, PLAN)
                        .spends(1),
                head("a key and its look-alike", OWN, "Host: a", "X-API-Key: " + KEY, "X_API_Key: " + OTHER)
                        .sees(PASSED, ID, PLAN)
                        .spends(1),
                head(
                                "two requests with two keys",
                                OWN,
                                "Host: a",
                                "X-API-Key: " + KEY,
                                "",
                                OWN,
                                "Host: a",
                                "X-API-Key: " + OTHER)
                        .sees(PASSED, ID, PLAN)
                        .sees(PASSED, "x-caller-id: other", PLAN)
                        .spends(2),
                head(
                                "the key of one request is not that of the next",
                                OWN,
                                "Host: a",
                                "X-API-Key: " + KEY,
                                "",
                                OWN,
                                "Host: a")
                        .answers(200, 401)
                        .sees(PASSED, ID, PLAN)
                        .spends(1),
                head("a key where none is needed", "GET CTX/open/a HTTP/1.1", "Host: a", "X-API-Key: " + KEY)
                        .sees("GET IN/open/a HTTP/1.1"),
                head("none where a key may be given", "GET CTX/optional/a HTTP/1.1", "Host: a")
                        .sees("GET IN/optional/a HTTP/1.1"),
                head(
                                "Authorization of the backend's on an open route",
                                "GET CTX/open/a HTTP/1.1",
                                "Host: a",
                                "Authorization: Basic eDp5")
                        .sees("GET IN/open/a HTTP/1.1", "authorization: Basic eDp5"),
                of(
                                "a key in the content besides the good one",
                                "POST CTX/own/a HTTP/1.1\r\nHost: a\r\nX-API-Key: ",
                                KEY,
                                "\r\nContent-Length: 9\r\n\r\napi_key=x")
                        .seesContent("api_key=x", "POST IN/own/a HTTP/1.1", ID, PLAN, "content-length: 9")
                        .spends(1));
    }

    private static List<AbuseCase> bad() {
        List<AbuseCase> cases = new ArrayList<>();
        cases.addAll(List.of(
                head("no key", OWN, "Host: a").refused(401).kept(),
                head("a wrong key", OWN, "Host: a", "X-API-Key: wrong-key-0123456789")
                        .refused(401)
                        .tellsNot("wrong-key")
                        .kept(),
                head("a wrong key where one may be given", "GET CTX/optional/a HTTP/1.1", "Host: a", "X-API-Key: wrong")
                        .refused(401),
                head("the key in capitals", OWN, "Host: a", "X-API-Key: DEMO-KEY-0123456789")
                        .refused(401),
                head("an empty key", OWN, "Host: a", "X-API-Key:").refused(401),
                head("two keys", OWN, "Host: a", "X-API-Key: " + KEY, "X-API-Key: " + OTHER)
                        .refused(400),
                head("a good and an empty key", OWN, "Host: a", "X-API-Key: " + KEY, "X-API-Key:")
                        .refused(401),
                head("two keys in a list", OWN, "Host: a", "X-API-Key: " + KEY + ", " + KEY)
                        .refused(401),
                head("another key as a bearer", OWN, "Host: a", "X-API-Key: " + KEY, "Authorization: Bearer " + OTHER)
                        .refused(400),
                head(
                                "another key in the query",
                                "GET CTX/own/a?api_key=" + OTHER + " HTTP/1.1",
                                "Host: a",
                                "X-API-Key: " + KEY)
                        .refused(400),
                head("a bearer without a key", OWN, "Host: a", "Authorization: Bearer")
                        .refused(401),
                head("a bearer without a space", OWN, "Host: a", "Authorization: Bearer" + KEY)
                        .refused(401),
                head("two bearers", OWN, "Host: a", "Authorization: Bearer " + KEY, "Authorization: Bearer " + OTHER)
                        .refused(400),
                head("a key by another scheme", OWN, "Host: a", "Authorization: Basic " + KEY)
                        .refused(401),
                head("a key in quotes", OWN, "Host: a", "X-API-Key: \"" + KEY + "\"")
                        .refused(401),
                head("a key in a cookie", OWN, "Host: a", "Cookie: api_key=" + KEY + "; X-API-Key=" + KEY)
                        .refused(401),
                head("a key with an underscore", OWN, "Host: a", "X_API_Key: " + KEY)
                        .refused(401),
                head("a key in another field", OWN, "Host: a", "Api-Key: " + KEY, "X-Key: " + KEY, "apikey: " + KEY)
                        .refused(401),
                head("a key of 513 characters", OWN, "Host: a", "X-API-Key: " + "k".repeat(513))
                        .refused(401),
                head("a key of 7,000 characters", OWN, "Host: a", "X-API-Key: " + "k".repeat(7000))
                        .refused(401),
                head("a key with a space", OWN, "Host: a", "X-API-Key: demo key")
                        .refused(401),
                head("a key with a tab", OWN, "Host: a", "X-API-Key: demo\tkey").refused(401),
                head("a key with a null", OWN, "Host: a", "X-API-Key: demo\0key")
                        .refused(),
                head("a key with a control character", OWN, "Host: a", "X-API-Key: demo\u0001key")
                        .refused(),
                head("a key that is no ASCII", OWN, "Host: a", "X-API-Key: \u00c3\u00a9")
                        .refused(),
                head("a key behind the path", "GET CTX/own/a/api_key=" + KEY + " HTTP/1.1", "Host: a")
                        .refused(401),
                head("a key in the parameters of the path", "GET CTX/own/a;api_key=" + KEY + " HTTP/1.1", "Host: a")
                        .refused(),
                head("a key in the fragment", "GET CTX/own/a#?api_key=" + KEY + " HTTP/1.1", "Host: a")
                        .refused(),
                head("a key in the target's authority", "GET http://" + KEY + "@aCTX/own/a HTTP/1.1", "Host: a")
                        .refused(),
                head("a path that the plan does not cover", "GET CTX/other/a HTTP/1.1", "Host: a", "X-API-Key: " + KEY)
                        .refused(403)
                        .kept()));
        cases.add(of(
                        "a key in the content of a form",
                        "POST CTX/own/a HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n",
                        "Content-Length: 27\r\n\r\napi_key=",
                        KEY)
                .refused(401));
        cases.add(of(
                        "a key in a trailer",
                        "POST CTX/own/a HTTP/1.1\r\nHost: a\r\nTrailer: X-API-Key\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "0\r\nX-API-Key: ",
                        KEY,
                        "\r\n\r\n")
                .refused(401));
        cases.add(head("a loop tells nothing of keys", OWN, "Host: a", "X-API-Key: " + KEY, "Via: 1.1 edge")
                .refused(508)
                .tellsNot(KEY));
        return cases;
    }
}
