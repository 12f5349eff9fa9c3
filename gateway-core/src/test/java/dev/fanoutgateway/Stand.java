package dev.fanoutgateway;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayObserver;
import dev.fanoutgateway.spi.RequestRecord;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.ScriptedBackends;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A gateway to be tested: a clock that stands still, backends a, b and c by script, and all that it says kept. */
final class Stand implements GatewayObserver {
    final FakeClock clock = new FakeClock();
    final ScriptedBackends backends = new ScriptedBackends(clock);
    final List<RequestRecord> records = new CopyOnWriteArrayList<>();
    final List<AttemptOutcome> attempts = new CopyOnWriteArrayList<>();
    /** Every message, before equal ones are collapsed. */
    final List<DevMessage> messages = new CopyOnWriteArrayList<>();
    /** What the developers got. */
    final List<DevMessage> delivered = new CopyOnWriteArrayList<>();

    final GatewayBuilder builder = Gateway.builder()
            .backends("http://a", "http://b", "http://c")
            .clock(clock)
            .executor(Runnable::run)
            .client(backends)
            .observer(this)
            .notifier(message -> {
                delivered.add(message);
                return CompletableFuture.completedFuture(null);
            });

    private @Nullable FanoutGateway gateway;

    /** One route for all paths. */
    Stand route(Route.Builder route) {
        builder.route(route.build());
        return this;
    }

    static Route.Builder everything() {
        return Route.path("/**");
    }

    /** All three backends do as this says. */
    Stand all(Script... calls) {
        for (String host : List.of("a", "b", "c")) {
            backends.on(host, calls);
        }
        return this;
    }

    Stand on(String host, Script... calls) {
        backends.on(host, calls);
        return this;
    }

    FanoutGateway gateway() {
        FanoutGateway built = gateway;
        if (built == null) {
            built = builder.build();
            gateway = built;
        }
        return built;
    }

    /** Ends the gateway, if there is one; for those that have threads of their own. */
    void close() {
        if (gateway != null) {
            gateway.close();
        }
    }

    CompletableFuture<GatewayResponse> ask(GatewayRequest request) {
        return gateway().handle(request);
    }

    CompletableFuture<GatewayResponse> ask(String target) {
        return ask(GatewayRequest.get(target));
    }

    /** The answer to a request that has it at once. */
    GatewayResponse answer(GatewayRequest request) {
        return now(ask(request));
    }

    GatewayResponse answer(String target) {
        return answer(GatewayRequest.get(target));
    }

    static GatewayResponse now(CompletableFuture<GatewayResponse> answer) {
        if (!answer.isDone()) {
            throw new AssertionError("expected an answer by now, got none");
        }
        return answer.join();
    }

    void pass(long millis) {
        clock.advance(Duration.ofMillis(millis));
    }

    List<Type> types() {
        return messages.stream().map(DevMessage::type).toList();
    }

    List<RequestRecord.Outcome> outcomes() {
        return records.stream().map(RequestRecord::outcome).toList();
    }

    RequestRecord lastRecord() {
        return records.get(records.size() - 1);
    }

    /** The values of a field, all lines as one. */
    static String field(GatewayResponse response, String name) {
        return String.join(", ", response.headers().all(name));
    }

    /** Status, fields and content as they would stand on the wire; without what is another at each request or gateway. */
    static String wire(GatewayResponse response) {
        StringBuilder text = new StringBuilder().append(response.status()).append('\n');
        response.headers()
                .without(name -> name.equals("X-Request-Id") || name.equals("Via"))
                .forEach((name, value) ->
                        text.append(name).append(": ").append(value).append('\n'));
        return text.append('\n').append(response.body().utf8()).toString();
    }

    static GatewayRequest keyed(String target, String key) {
        return GatewayRequest.get(target).header("X-API-Key", key).from("192.0.2.1");
    }

    static List<String> launches(ScriptedBackends backends) {
        return backends.events().stream()
                .filter(event -> event.contains("launch"))
                .map(event -> event.substring(event.lastIndexOf(' ') + 1))
                .toList();
    }

    @Override
    public void onRequest(RequestRecord request) {
        records.add(request);
    }

    @Override
    public void onAttempt(AttemptOutcome outcome) {
        attempts.add(outcome);
    }

    @Override
    public void onMessage(DevMessage message) {
        messages.add(message);
    }
}
