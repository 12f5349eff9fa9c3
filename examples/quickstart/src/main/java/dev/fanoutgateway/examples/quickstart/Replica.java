package dev.fanoutgateway.examples.quickstart;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * One server of the price API: {@code /api/v1/prices/SYMBOL} and {@code /api/v1/reports/highest}. It answers everything
 * with status 200 and says in the field {@code status} whether it has what was asked for, as such servers do.
 */
final class Replica implements AutoCloseable {
    private final String name;
    private final Prices prices;
    private final Duration delay;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);

    private Replica(String name, Prices prices, Duration delay, HttpServer server) {
        this.name = name;
        this.prices = prices;
        this.delay = delay;
        this.server = server;
    }

    static Replica start(String name, Prices prices, Duration delay) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Replica replica = new Replica(name, prices, delay, server);
        server.setExecutor(replica.threads);
        server.createContext("/", replica::answer);
        server.start();
        return replica;
    }

    String name() {
        return name;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (closed.await(delay.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            byte[] body = json(exchange.getRequestURI().getPath()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("X-Served-By", name);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String json(String path) {
        if (path.equals("/api/v1/reports/highest")) {
            return "{\"status\": true, \"highest\": " + prices.highest() + "}";
        }
        String prefix = "/api/v1/prices/";
        String symbol = path.startsWith(prefix) ? path.substring(prefix.length()) : "";
        return prices.json(symbol)
                .map(rows -> "{\"status\": true, \"symbol\": \"%s\", \"prices\": %s}".formatted(symbol, rows))
                .orElse("{\"status\": false, \"message\": \"no such symbol here\"}");
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
