package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector.Demand;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Groups that change at random, reproducible by their seed: what is known of who stays is kept, the rest is not. */
class ChangingRosterModelTest {
    private static final int HISTORIES = 1_000;
    private static final int EVENTS = 150;

    @Test
    void whoStaysKeepsItsStateAndWhoLeavesIsForgotten() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            new History(seed).run();
        }
    }

    private static final class History {
        private final String label;
        private final SplittableRandom random;
        private final FakeClock clock = new FakeClock();
        private final List<DevMessage> messages = new ArrayList<>();
        private final List<Running> running = new ArrayList<>();
        /** Failures in a row of those present, by this model's own count; those in {@link #out} are ejected. */
        private final Map<String, Integer> failures = new HashMap<>();

        private final Set<String> out = new HashSet<>();
        private final boolean onProbation;
        private final Set<String> unchecked = new HashSet<>();
        private final Health health = Health.path("/h").thresholds(1_000, 1);
        private Roster roster;
        private List<String> present;

        History(int seed) {
            label = "seed " + seed;
            random = new SplittableRandom(seed);
            onProbation = random.nextBoolean();
            present = drawn();
            roster = new Roster(backends(), 10, Ejection.afterFailures(3).mostEjected(1), clock, messages::add);
        }

        void run() {
            for (int i = 0; i < EVENTS; i++) {
                switch (random.nextInt(6)) {
                    case 0 -> change();
                    case 1 -> probe();
                    case 2, 3 -> begin();
                    default -> end();
                }
                check();
            }
            present = List.of("z");
            roster = roster.changedTo(backends(), false);
            checkMessages();
        }

        private void change() {
            List<String> before = present;
            present = drawn();
            roster = roster.changedTo(backends(), onProbation);
            before.stream().filter(name -> !present.contains(name)).forEach(name -> {
                failures.remove(name);
                out.remove(name);
                unchecked.remove(name);
            });
            if (onProbation) {
                present.stream().filter(name -> !before.contains(name)).forEach(unchecked::add);
            }
        }

        private void probe() {
            String name = present.get(random.nextInt(present.size()));
            roster.probed(Backend.of("g", "http://" + name), true, "", health);
            unchecked.remove(name);
        }

        private void begin() {
            String name = present.get(random.nextInt(present.size()));
            Pass pass = roster.admit(Backend.of("g", "http://" + name), false);
            if (pass.kind() == Pass.Kind.ORDINARY) {
                running.add(new Running(name, roster, pass));
            }
        }

        /** Told to the roster that it began with, which may be an old one. */
        private void end() {
            if (running.isEmpty()) {
                return;
            }
            Running one = running.remove(random.nextInt(running.size()));
            boolean good = random.nextInt(3) == 0;
            boolean same = one.pass.replica() != null && one.pass.replica() == replica(one.name);
            one.roster.learn(
                    one.pass,
                    new AttemptOutcome(
                            Backend.of("g", "http://" + one.name),
                            1,
                            0,
                            1,
                            good ? Result.WON : Result.UNREACHABLE,
                            0,
                            ""),
                    true);
            if (same && !out.contains(one.name)) {
                int inARow = good ? 0 : failures.getOrDefault(one.name, 0) + 1;
                failures.put(one.name, inARow);
                if (inARow == 3) {
                    out.add(one.name);
                }
            }
        }

        private void check() {
            assertThat(roster.backends()).as(label).containsExactlyElementsOf(backends());
            for (String name : present) {
                Condition condition = roster.condition(Backend.of("g", "http://" + name));
                assertThat(condition.ejected()).as(label).isEqualTo(out.contains(name));
                assertThat(condition.down()).as(label).isEqualTo(unchecked.contains(name));
            }
        }

        /** Every trouble that was told has ended: all who had any have left. */
        private void checkMessages() {
            Map<String, Type> last = new HashMap<>();
            for (DevMessage message : messages) {
                Type before = last.put(message.fingerprint(), message.type());
                assertThat(message.type())
                        .as(label)
                        .isEqualTo(before == Type.BACKEND_EJECTED ? Type.RECOVERED : Type.BACKEND_EJECTED);
            }
            assertThat(last.values()).as(label).allMatch(type -> type == Type.RECOVERED);
        }

        private @Nullable Replica replica(String name) {
            return present.contains(name)
                    ? roster.admit(Backend.of("g", "http://" + name), true).replica()
                    : null;
        }

        private List<String> drawn() {
            List<String> names = new ArrayList<>(List.of("a", "b", "c", "d", "e", "f"));
            names.removeIf(name -> random.nextInt(3) == 0);
            return names.isEmpty() ? List.of("a") : names;
        }

        /** With another weight each time, which makes no other backend of it. */
        private List<Backend> backends() {
            return present.stream()
                    .map(name -> Backend.of("g", "http://" + name).weight(1 + random.nextInt(9)))
                    .toList();
        }
    }

    private record Running(String name, Roster roster, Pass pass) {}

    @Test
    void nothingIsLeftOfBackendsThatComeAndGoForEver() {
        FakeClock clock = new FakeClock();
        Fastest fastest = (Fastest) Selectors.fastest(clock, 1);
        Learned learned = (Learned) Selectors.learned(1);
        PushBack pauses = new PushBack(clock);
        Roster roster = new Roster(List.of(), 10, Ejection.standard(), clock, message -> {});
        Demand demand = new Demand(GatewayRequest.get("/a/b"), "/**", Optional.empty());
        for (int i = 0; i < 10_000; i++) {
            Backend old = Backend.of("g", "http://old" + (i - 1));
            Backend fresh = Backend.of("g", "http://old" + i);
            List<Backend> now = List.of(fresh, Backend.of("g", "http://stays"));
            roster = roster.changedTo(now, false);
            fastest.onChange("g", now);
            learned.onChange("g", now);
            for (Backend backend : List.of(fresh, old)) { // the old one's last attempts end after it has left
                AttemptOutcome outcome = new AttemptOutcome(backend, 1, 0, 1_000, Result.WON, 200, "");
                fastest.onOutcome(outcome);
                learned.onOutcome(demand, outcome);
            }
            pauses.heed(
                    fresh,
                    new dev.fanoutgateway.http.GatewayResponse(
                            503,
                            dev.fanoutgateway.http.Headers.of("Retry-After", "1"),
                            dev.fanoutgateway.http.Body.utf8("")),
                    now);
            clock.advance(Duration.ofMillis(500));
        }
        assertThat(fastest.known()).isLessThanOrEqualTo(3);
        assertThat(learned.tallies()).isLessThanOrEqualTo(9);
        assertThat(pauses.size()).isLessThanOrEqualTo(4);
        List<Backend> last = List.of(Backend.of("g", "http://stays"));
        fastest.onChange("g", last);
        learned.onChange("g", last);
        fastest.onChange("other", List.of());
        assertThat(fastest.known()).isZero();
        assertThat(learned.tallies()).isZero();
        assertThat(roster.changedTo(last, false).backends()).isEqualTo(last);
    }

    @Test
    void aGroupsChangeLeavesWhatIsKnownOfOthersBackends() {
        Fastest fastest = (Fastest) Selectors.fastest(new FakeClock(), 1);
        fastest.onOutcome(new AttemptOutcome(Backend.of("g", "http://a"), 1, 0, 1_000, Result.WON, 200, ""));
        fastest.onChange("other", List.of());
        assertThat(fastest.known()).isEqualTo(1);
    }
}
