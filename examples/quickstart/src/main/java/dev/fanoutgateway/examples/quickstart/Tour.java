package dev.fanoutgateway.examples.quickstart;

import dev.fanoutgateway.spi.DevMessage;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;

/** Sends a few requests and says what became of each. */
final class Tour {
    private final String url;
    private final List<Replica> replicas;
    private final Queue<DevMessage> messages;
    private final HttpClient client = HttpClient.newHttpClient();
    private final PrintStream out = System.out;

    Tour(String url, List<Replica> replicas, Queue<DevMessage> messages) {
        this.url = url;
        this.replicas = replicas;
        this.messages = messages;
    }

    void show() throws IOException, InterruptedException {
        out.println("Fanout Gateway at " + url + ", before three replicas of a price API:");
        out.println("  slow     " + replicas.get(0).url() + "  has everything, takes 400 ms");
        out.println("  partial  " + replicas.get(1).url() + "  does not have GOOG");
        out.println("  healthy  " + replicas.get(2).url() + "  has everything");
        out.println();
        out.println("Try it:");
        curl("-H 'X-API-Key: demo-key'", "/api/v1/prices/IBM");
        curl("-H 'Authorization: Bearer pro-key'", "/api/v1/reports/highest");
        curl("", "/api/v1/prices/IBM");
        curl("-H 'X-API-Key: demo-key'", "/api/v1/prices/NOPE");
        out.println();
        out.println("What just happened when we did:");
        step("no key", "", "/api/v1/prices/IBM");
        step("a key, and three replicas asked at once", "demo-key", "/api/v1/prices/IBM");
        step("the same again", "demo-key", "/api/v1/prices/IBM");
        step("a share that one replica lacks", "demo-key", "/api/v1/prices/GOOG");
        step("a report, which the plan 'basic' does not cover", "demo-key", "/api/v1/reports/highest");
        step("the same with a key of the plan 'pro'", "pro-key", "/api/v1/reports/highest");
        step("a share that nobody has", "demo-key", "/api/v1/prices/NOPE");
        tellMessages();
        HttpResponse<String> last;
        int sent = 0;
        do {
            last = get("demo-key", "/api/v1/prices/IBM");
            sent++;
        } while (last.statusCode() == 200 && sent < 100);
        tell("the same key, until its plan says stop (" + sent + " more)", "/api/v1/prices/IBM", last);
    }

    private void curl(String header, String path) {
        out.println("  curl -i " + (header.isEmpty() ? "" : header + " ") + url + path);
    }

    private void step(String title, String key, String path) throws IOException, InterruptedException {
        tell(title, path, get(key, path));
    }

    private HttpResponse<String> get(String key, String path) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
        if (!key.isEmpty()) {
            request.header("X-API-Key", key);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private void tell(String title, String path, HttpResponse<String> response) {
        out.println();
        out.println("* " + title + ": GET " + path);
        out.println("  " + response.statusCode() + field(response, "X-Served-By") + field(response, "Age"));
        for (String name : List.of("Cache-Status", "RateLimit", "Retry-After", "WWW-Authenticate")) {
            response.headers().firstValue(name).ifPresent(value -> out.println("  " + name + ": " + value));
        }
        String body = response.body();
        out.println("  " + (body.length() > 100 ? body.substring(0, 100) + "..." : body));
    }

    private static String field(HttpResponse<String> response, String name) {
        return response.headers()
                .firstValue(name)
                .map(value -> "  " + name + ": " + value)
                .orElse("");
    }

    /** Messages are delivered behind the request's back, so this one may be a moment away. */
    private void tellMessages() {
        for (int i = 0; messages.isEmpty() && i < 500; i++) {
            LockSupport.parkNanos(10_000_000);
        }
        for (DevMessage message : messages) {
            out.println("  told to the developers, priority " + message.priority() + ": " + message.title());
            message.details().forEach(detail -> out.println("    " + detail));
        }
    }
}
