package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.Pass.Kind;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random attempts, checks and times, reproducible by their seed: what must hold of a roster at every moment holds. */
class RosterModelTest {
    private static final int HISTORIES = 2_000;
    private static final int EVENTS = 200;

    @Test
    void everyHistoryKeepsTheRules() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            new History(seed).run();
        }
    }

    private static final class History {
        private final String label;
        private final SplittableRandom random;
        private final Ejection ejection;
        private final Ward ward;
        private final Health health = Health.path("/h").thresholds(2, 2);
        private final Map<String, Boolean> down = new HashMap<>();
        private final Map<String, Integer> contradictions = new HashMap<>();
        private final List<Running> running = new ArrayList<>();

        History(int seed) {
            label = "seed " + seed;
            random = new SplittableRandom(seed);
            ejection = new Ejection(
                    random.nextInt(4),
                    random.nextInt(3) == 0 ? 0.4 : 0,
                    Duration.ofSeconds(10),
                    5,
                    Duration.ofSeconds(2),
                    random.nextInt(5) / 4.0);
            ward = new Ward(
                    ejection,
                    List.of("a", "b", "c", "d", "e")
                            .subList(0, 1 + random.nextInt(5))
                            .toArray(String[]::new));
        }

        void run() {
            for (int i = 0; i < EVENTS; i++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2, 3 -> begin();
                    case 4, 5 -> end();
                    case 6 -> probe();
                    default -> ward.pass(random.nextInt(1_000));
                }
                check();
            }
            while (!running.isEmpty()) {
                end();
            }
            check();
            ward.pass(60_000);
            for (Backend backend : ward.backends) {
                checkTrialIsPossible(backend);
            }
            checkMessages();
        }

        private void begin() {
            Backend backend = ward.backends.get(random.nextInt(ward.backends.size()));
            boolean lastResort = random.nextInt(10) == 0;
            boolean anyGood = ward.backends.stream().anyMatch(each -> isGood(each));
            boolean good = isGood(backend);
            Pass pass = ward.roster.admit(backend, lastResort);
            Kind expected = good
                    ? Kind.ORDINARY
                    : lastResort || !anyGood ? Kind.FORCED : pass.kind() == Kind.TRIAL ? Kind.TRIAL : Kind.REFUSED;
            assertThat(pass.kind()).as(label).isEqualTo(expected);
            if (pass.granted()) {
                running.add(new Running(Arena.host(backend), pass));
            }
        }

        private void end() {
            if (running.isEmpty()) {
                return;
            }
            Running one = running.remove(random.nextInt(running.size()));
            if (random.nextInt(10) == 0) {
                ward.roster.returned(one.pass());
                return;
            }
            Result[] results = {Result.WON, Result.UNREACHABLE, Result.TIMED_OUT, Result.CANCELLED, Result.BROKEN};
            ward.learn(one.pass(), one.name(), results[random.nextInt(results.length)], 0);
        }

        private void probe() {
            String name = Arena.host(ward.backends.get(random.nextInt(ward.backends.size())));
            boolean passed = random.nextBoolean();
            ward.roster.probed(ward.backend(name), passed, "", health);
            boolean was = down.getOrDefault(name, false);
            if (passed != was) {
                contradictions.put(name, 0);
            } else if (contradictions.merge(name, 1, Integer::sum) == 2) {
                contradictions.put(name, 0);
                down.put(name, !was);
            }
        }

        private void check() {
            int ejected = 0;
            for (Backend backend : ward.backends) {
                Condition condition = ward.roster.condition(backend);
                ejected += condition.ejected() ? 1 : 0;
                assertThat(condition.down()).as(label).isEqualTo(down.getOrDefault(Arena.host(backend), false));
                long trials = running.stream()
                        .filter(one -> one.name().equals(Arena.host(backend)))
                        .filter(one -> one.pass().kind() == Kind.TRIAL)
                        .filter(one -> one.pass().term() == condition.term())
                        .count();
                assertThat(trials).as(label).isEqualTo(condition.onTrial() ? 1 : 0);
            }
            assertThat(ejected).as(label).isLessThanOrEqualTo(ejection.mostOf(ward.backends.size()));
            assertThat(ward.roster.statuses(backend -> 0)).as(label).anyMatch(BackendStatus::available);
            ward.roster.statuses(backend -> 0).stream()
                    .filter(status -> isGood(status.backend()))
                    .forEach(status -> assertThat(status.available()).as(label).isTrue());
        }

        /** However it went before: when the pause is over and nothing is under way, a trial may begin. */
        private void checkTrialIsPossible(Backend backend) {
            Condition condition = ward.roster.condition(backend);
            assertThat(condition.mayBeTried(ward.clock.nanoTime()))
                    .as(label)
                    .isEqualTo(condition.ejected() && !condition.down());
        }

        /** Of each trouble, beginning and end are told in turns. */
        private void checkMessages() {
            Map<String, Type> last = new HashMap<>();
            for (DevMessage message : ward.messages) {
                Type before = last.put(message.fingerprint(), message.type());
                assertThat(message.type())
                        .as(label)
                        .isEqualTo(before == Type.BACKEND_EJECTED ? Type.RECOVERED : Type.BACKEND_EJECTED);
            }
        }

        private boolean isGood(Backend backend) {
            return ward.roster.condition(backend).good();
        }
    }

    private record Running(String name, Pass pass) {}
}
