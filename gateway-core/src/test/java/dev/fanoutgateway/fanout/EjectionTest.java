package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.fanout.Pass.Kind;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EjectionTest {
    private final Ward ward = new Ward(Ejection.standard(), "a", "b", "c");

    @Test
    void fiveFailuresInARowEject() {
        ward.fail("a", 4);
        assertThat(ward.available()).isEqualTo("abc");
        ward.fail("a", 1);
        assertThat(ward.available()).isEqualTo("bc");
        assertThat(ward.admitted()).isEqualTo("bc");
    }

    @Test
    void aSuccessBetweenThemBeginsTheCountAnew() {
        for (int i = 0; i < 10; i++) {
            ward.fail("a", 4);
            ward.succeed("a");
        }
        assertThat(ward.available()).isEqualTo("abc");
    }

    @Test
    void afterThePauseOneAttemptAtATimeIsATrial() {
        ward.fail("a", 5);
        ward.pass(9_999);
        assertThat(ward.admit("a").kind()).isEqualTo(Kind.REFUSED);
        assertThat(ward.available()).isEqualTo("bc");

        ward.pass(1);
        assertThat(ward.available()).isEqualTo("abc");
        Pass trial = ward.admit("a");
        assertThat(trial.kind()).isEqualTo(Kind.TRIAL);
        assertThat(ward.admit("a").kind()).isEqualTo(Kind.REFUSED);
        assertThat(ward.available()).isEqualTo("bc");

        ward.learn(trial, "a", Result.WON, 200);
        assertThat(ward.admit("a").kind()).isEqualTo(Kind.ORDINARY);
        assertThat(ward.available()).isEqualTo("abc");
    }

    @Test
    void aFailedTrialBeginsThePauseAnew() {
        ward.fail("a", 5);
        ward.pass(12_000);
        ward.fail("a", 1);
        ward.pass(9_999);
        assertThat(ward.admitted()).isEqualTo("bc");
        ward.pass(1);
        assertThat(ward.admitted()).isEqualTo("abc");
    }

    @Test
    void aTrialThatIsCutOffSaysNothingAndTheNextFollowsSoon() {
        ward.fail("a", 5);
        ward.pass(10_000);
        assertThat(ward.attempt("a", Result.CANCELLED, 0)).isTrue();
        ward.pass(999);
        assertThat(ward.admitted()).isEqualTo("bc");
        ward.pass(1);
        ward.succeed("a");
        assertThat(ward.available()).isEqualTo("abc");
    }

    @Test
    void aTrialThatHadNoRoomIsNotSpent() {
        ward.fail("a", 5);
        ward.pass(10_000);
        ward.roster.returned(ward.admit("a"));
        assertThat(ward.admit("a").kind()).isEqualTo(Kind.TRIAL);
    }

    @Test
    void whatAttemptsFromBeforeComeToIsOfNoInterest() {
        Pass[] before = new Pass[20];
        for (int i = 0; i < before.length; i++) {
            before[i] = ward.admit("a");
        }
        ward.fail("a", 5);
        ward.learn(before[0], "a", Result.WON, 200);
        assertThat(ward.admitted()).as("a late success returns nobody").isEqualTo("bc");
        ward.pass(10_000);
        ward.succeed("a");
        for (int i = 1; i < before.length; i++) {
            ward.learn(before[i], "a", Result.TIMED_OUT, 0);
        }
        assertThat(ward.admitted()).as("nor do late failures eject again").isEqualTo("abc");
    }

    @Test
    void neverMoreThanHalfOfAGroupIsEjected() {
        ward.fail("a", 9);
        ward.fail("b", 9);
        ward.fail("c", 9);
        assertThat(ward.available()).isEqualTo("bc");

        ward.pass(10_000);
        ward.succeed("a");
        ward.fail("c", 1);
        assertThat(ward.available()).as("now there is room for another").isEqualTo("ab");
    }

    @ParameterizedTest
    @CsvSource({"0.5, 1, 0", "0.5, 2, 1", "0.5, 3, 1", "0.5, 4, 2", "0, 9, 0", "1, 3, 3", "0.1, 30, 3", "0.29, 100, 29"
    })
    void theGreatestShareIsRoundedDown(double share, int size, int most) {
        assertThat(Ejection.standard().mostEjected(share).mostOf(size)).isEqualTo(most);
    }

    @Test
    void whenAllAreEjectedAllAreTriedAndASuccessReturnsAtOnce() {
        Ward all = new Ward(Ejection.afterFailures(1).mostEjected(1), "a", "b");
        all.fail("a", 1);
        all.fail("b", 1);
        assertThat(all.available()).isEqualTo("ab");
        assertThat(all.admit("a").kind()).isEqualTo(Kind.FORCED);
        assertThat(all.admitted()).isEqualTo("ab");

        all.succeed("b");
        assertThat(all.available()).isEqualTo("b");
        assertThat(all.admitted()).isEqualTo("b");
    }

    @Test
    void theLastResortIsLetIn() {
        ward.fail("a", 5);
        Pass forced = ward.roster.admit(ward.backend("a"), true);
        assertThat(forced.kind()).isEqualTo(Kind.FORCED);
        ward.learn(forced, "a", Result.BROKEN, 0);
        assertThat(ward.admitted()).isEqualTo("bc");
        ward.learn(ward.roster.admit(ward.backend("a"), true), "a", Result.ABSENT, 404);
        assertThat(ward.admitted()).isEqualTo("abc");
    }

    @Test
    void aShareOfFailuresEjects() {
        Ward shared =
                new Ward(new Ejection(0, 0.3, Duration.ofSeconds(10), 20, Duration.ofSeconds(5), 0.5), "a", "b", "c");
        shared.succeed("b");
        for (int i = 0; i < 14; i++) {
            shared.succeed("a");
        }
        shared.fail("a", 5);
        assertThat(shared.available()).as("5 of 19: too few to tell").isEqualTo("abc");
        shared.fail("a", 1);
        assertThat(shared.available()).as("6 of 20").isEqualTo("bc");
        assertThat(shared.titles()).singleElement().asString().endsWith("ejected for 5000 ms: 6 of 20 attempts failed");
    }

    @Test
    void theShareIsTakenOverASlidingWindow() {
        Ward shared =
                new Ward(new Ejection(0, 0.5, Duration.ofSeconds(10), 20, Duration.ofSeconds(5), 0.5), "a", "b", "c");
        for (int second = 0; second < 100; second++) {
            shared.fail("a", 1); // at any time at most 10 attempts within 10 s
            shared.pass(1_000);
        }
        assertThat(shared.available()).isEqualTo("abc");
        shared.fail("a", 11);
        assertThat(shared.available()).isEqualTo("bc");
    }

    @Test
    void nobodyIsEjectedWhereThatIsOff() {
        Ward off = new Ward(Ejection.off(), "a", "b");
        off.fail("a", 1_000);
        assertThat(off.available()).isEqualTo("ab");
        assertThat(off.messages).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "WON, 200, false",
        "WON, 503, false",
        "LOST, 200, false",
        "ABSENT, 404, false",
        "REJECTED, 200, true",
        "REJECTED, 206, true",
        "REJECTED, 302, false",
        "REJECTED, 400, false",
        "REJECTED, 408, false",
        "REJECTED, 425, false",
        "REJECTED, 429, false",
        "REJECTED, 0, false",
        "REJECTED, 500, true",
        "REJECTED, 501, false",
        "REJECTED, 502, true",
        "REJECTED, 503, true",
        "REJECTED, 504, true",
        "REJECTED, 505, false",
        "REJECTED, 599, true",
        "BROKEN, 0, true",
        "UNREACHABLE, 0, true",
        "TIMED_OUT, 0, true",
        "CANCELLED, 0, false"
    })
    void theVerdictFeedsTheHealth(Result result, int status, boolean fails) {
        for (int i = 0; i < 5; i++) {
            ward.attempt("a", result, status);
        }
        assertThat(ward.available()).isEqualTo(fails ? "bc" : "abc");
    }

    @ParameterizedTest
    @CsvSource({"CANCELLED, ''", "UNREACHABLE, no room", "UNREACHABLE, ejected", "UNREACHABLE, it wants a pause of 3 ms"
    })
    void whatWasCutOffOrNotMadeSaysNothing(Result result, String detail) {
        ward.fail("a", 4);
        for (int i = 0; i < 10; i++) {
            ward.roster.learn(ward.admit("a"), new AttemptOutcome(ward.backend("a"), 1, 0, 0, result, 0, detail), true);
        }
        assertThat(ward.available()).isEqualTo("abc");
        ward.fail("a", 1);
        assertThat(ward.available()).as("and is no success either").isEqualTo("bc");
    }

    @Test
    void anAttemptThatHadNoTimeSaysNothing() {
        for (int i = 0; i < 10; i++) {
            ward.roster.learn(
                    ward.admit("a"), new AttemptOutcome(ward.backend("a"), 2, 9, 1, Result.TIMED_OUT, 0, ""), false);
        }
        assertThat(ward.available()).isEqualTo("abc");
    }

    @Test
    void theDevelopersAreToldOnceOfAnEjectionAndOnceOfTheReturn() {
        ward.succeed("b");
        ward.fail("a", 7);
        ward.pass(10_000);
        ward.fail("a", 1);
        ward.pass(10_000);
        ward.succeed("a");
        ward.succeed("a");

        assertThat(ward.titles())
                .containsExactly(
                        "backend http://a of group 'group' is ejected for 10000 ms: 5 failures in a row",
                        "backend http://a of group 'group' answers again");
        assertThat(ward.messages).extracting(DevMessage::type).containsExactly(Type.BACKEND_EJECTED, Type.RECOVERED);
        assertThat(ward.messages).extracting(DevMessage::fingerprint).containsOnly("ejected:group:http://a");
        assertThat(ward.messages.get(0).details()).containsExactly("http://a UNREACHABLE after 1 ms");
    }

    @Test
    void whenTheWholeGroupFailsThatIsToldElsewhere() {
        for (int i = 0; i < 6; i++) {
            ward.fail("a", 1);
            ward.fail("b", 1);
            ward.fail("c", 1);
        }
        assertThat(ward.available()).isEqualTo("bc");
        ward.pass(10_000);
        ward.succeed("a");
        assertThat(ward.messages).isEmpty();
    }

    @Test
    void whileNothingIsKnownOfTheOthersAnEjectionIsNotToldYet() {
        ward.fail("a", 5);
        ward.fail("b", 1);
        ward.pass(10_000);
        ward.fail("a", 1);
        assertThat(ward.messages).isEmpty();
        ward.succeed("c");
        ward.pass(10_000);
        ward.fail("a", 1);
        ward.pass(10_000);
        ward.fail("a", 1);

        assertThat(ward.titles()).containsExactly("backend http://a of group 'group' still fails, and stays ejected");
        ward.pass(10_000);
        ward.succeed("a");
        assertThat(ward.messages).extracting(DevMessage::type).containsExactly(Type.BACKEND_EJECTED, Type.RECOVERED);
    }

    @Test
    void backendsOfOtherGroupsAreLetIn() {
        assertThat(ward.roster.admit(Arena.hosts("z").get(0), false)).isSameAs(Pass.FREE);
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        Ejection standard = Ejection.standard();
        Duration window = Duration.ofSeconds(10);
        assertThatThrownBy(() -> Ejection.afterFailures(0)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> Ejection.afterFailures(1_000_001)).hasMessageContaining("got 1000001");
        assertThatThrownBy(() -> standard.pause(Duration.ofMillis(9))).hasMessageContaining("10ms to 1h");
        assertThatThrownBy(() -> standard.pause(Duration.ofHours(2))).hasMessageContaining("got PT2H");
        assertThatThrownBy(() -> standard.mostEjected(1.1)).hasMessageContaining("got 1.1");
        assertThatThrownBy(() -> standard.mostEjected(Double.NaN)).hasMessageContaining("got NaN");
        assertThatThrownBy(() -> standard.failureShare(-0.1, window, 1)).hasMessageContaining("got -0.1");
        assertThatThrownBy(() -> standard.failureShare(0.5, Duration.ofMillis(10), 1))
                .hasMessageContaining("window");
        assertThatThrownBy(() -> standard.failureShare(0.5, window, 0)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> new Roster(ward.backends, 0, standard, ward.clock, message -> {}))
                .hasMessageContaining("got 0");
    }
}
