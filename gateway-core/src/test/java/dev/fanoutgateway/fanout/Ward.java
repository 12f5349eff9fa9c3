package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A roster to be tested: a clock that stands still, backends by their letters, all messages kept. */
final class Ward {
    final FakeClock clock = new FakeClock();
    final List<Backend> backends;
    final List<DevMessage> messages = new ArrayList<>();
    final Roster roster;

    Ward(Ejection ejection, String... names) {
        backends = Arena.hosts(names);
        roster = new Roster(backends, 4, ejection, clock, messages::add);
    }

    /** The letters of those that should be tried. */
    String available() {
        return roster.statuses(backend -> 0).stream()
                .filter(BackendStatus::available)
                .map(status -> Arena.host(status.backend()))
                .collect(Collectors.joining());
    }

    /** The letters of those whom an attempt would be let in to, each asked for once and given back. */
    String admitted() {
        StringBuilder names = new StringBuilder();
        for (Backend backend : backends) {
            Pass pass = roster.admit(backend, false);
            roster.returned(pass);
            names.append(pass.granted() ? Arena.host(backend) : "");
        }
        return names.toString();
    }

    Pass admit(String name) {
        return roster.admit(backend(name), false);
    }

    /** An attempt from beginning to end; whether it was let in. */
    boolean attempt(String name, Result result, int status) {
        Pass pass = admit(name);
        if (pass.granted()) {
            learn(pass, name, result, status);
        }
        return pass.granted();
    }

    void learn(Pass pass, String name, Result result, int status) {
        roster.learn(pass, new AttemptOutcome(backend(name), 1, 0, 1_000_000, result, status, ""), true);
    }

    void fail(String name, int times) {
        for (int i = 0; i < times; i++) {
            attempt(name, Result.UNREACHABLE, 0);
        }
    }

    void succeed(String name) {
        attempt(name, Result.WON, 200);
    }

    void pass(long millis) {
        clock.advance(Duration.ofMillis(millis));
    }

    List<String> titles() {
        return messages.stream().map(DevMessage::title).toList();
    }

    Backend backend(String name) {
        return backends.stream()
                .filter(backend -> Arena.host(backend).equals(name))
                .findFirst()
                .orElseThrow();
    }
}
