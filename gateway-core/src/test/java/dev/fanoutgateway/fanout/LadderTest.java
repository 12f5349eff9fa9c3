package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fanoutgateway.fanout.Ladder.Decision;
import dev.fanoutgateway.fanout.Ladder.Figures;
import dev.fanoutgateway.fanout.Ladder.Rung;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LadderTest {
    private final Ladder ladder = new Ladder();
    private long second = 30;

    @Test
    void askingAllBreaksEvenWhereTheLiteratureSaysSo() {
        assertThat(Ladder.threshold(2, 0)).as("deterministic").isCloseTo(0.26, within(0.01));
        assertThat(Ladder.threshold(2, 1)).as("exponential").isCloseTo(1 / 3.0, within(1e-9));
        assertThat(Ladder.threshold(2, 1_000)).as("heavy tails").isCloseTo(0.42, within(0.01));
        assertThat(Ladder.threshold(3, 1)).isCloseTo(0.25, within(1e-9));
        assertThat(Ladder.threshold(10, 1)).isCloseTo(1 / 11.0, within(1e-9));
    }

    @Test
    void asksAllAfterThreeGoodMeasurementsInARow() {
        assertThat(seconds(2, light())).isNull();
        assertThat(seconds(1, with(0.4, 0.5, 100, 100))).isNull();
        assertThat(seconds(2, light())).isNull();
        Decision step = seconds(1, light());

        assertThat(step.to()).isEqualTo(Rung.PARALLEL);
        assertThat(step.utilisation()).isEqualTo(0.1);
        assertThat(ladder.rung()).isEqualTo(Rung.PARALLEL);
    }

    @Test
    void doesNotAskAllForNothing() {
        assertThat(seconds(60, with(0.1, 0.05, 100, 100))).isNull();
    }

    @Test
    void staysWhereItIsNearTheThreshold() {
        assertThat(seconds(60, with(0.30, 0.5, 100, 100)))
                .as("below, but not enough")
                .isNull();
        assertThat(seconds(3, with(0.28, 0.5, 100, 100)).to()).isEqualTo(Rung.PARALLEL);
        assertThat(seconds(60, with(0, 0, 110, 60))).as("a tenth more load").isNull();
    }

    @Test
    void leavesAskingAllWhenTheLoadIsPastBreakEven() {
        seconds(3, light());
        Decision step = seconds(3, with(0, 0, 340, 60));

        assertThat(step.to()).isEqualTo(Rung.HEDGED);
        assertThat(step.utilisation()).isCloseTo(0.34, within(1e-9));
        assertThat(step.reason()).isEqualTo("the load is past break-even");
    }

    @Test
    void leavesAskingAllWhenItGainsNothingAndWaitsLongerEachTime() {
        seconds(3, light());
        Decision step = seconds(33, with(0, 0, 100, 99));
        assertThat(step.to()).isEqualTo(Rung.HEDGED);
        assertThat(step.gain()).isCloseTo(0.01, within(1e-9));

        long left = second;
        while (seconds(1, light()) == null) {
            // waits
        }
        long firstWait = second - left;
        seconds(33, with(0, 0, 100, 99));
        left = second;
        while (seconds(1, light()) == null) {
            // waits
        }
        assertThat(firstWait).isBetween(100L, 130L);
        assertThat(second - left).isBetween(220L, 260L);
    }

    @Test
    void waitsUntilAGainCanBeToldFromChanceButNotWithAGreatLoss() {
        seconds(3, light());
        assertThat(seconds(29, with(0, 0, 100, 110))).isNull();
        assertThat(seconds(3, with(0, 0, 100, 130)).to()).isEqualTo(Rung.HEDGED);
    }

    @Test
    void anUnknownGainIsNoReasonToLeave() {
        seconds(3, light());
        assertThat(seconds(60, with(0, 0, 100, 0))).isNull();
    }

    @Test
    void hedgesNoMoreWhenThereIsNoRoomAndAgainWhenThereIs() {
        assertThat(seconds(3, with(0.7, 0.5, 700, 100)).to()).isEqualTo(Rung.SINGLE);
        assertThat(seconds(60, with(0.6, 0.5, 600, 100))).as("hysteresis").isNull();
        assertThat(seconds(3, with(0.5, 0.5, 500, 100)).to()).isEqualTo(Rung.HEDGED);
    }

    @Test
    void doesNotStepTwiceWithinTenSeconds() {
        seconds(3, with(0.7, 0.5, 700, 100));
        assertThat(seconds(9, with(0.1, 0.5, 100, 100))).isNull();
    }

    private static Figures light() {
        return with(0.1, 0.5, 100, 100);
    }

    private static Figures with(double utilisation, double gain, double perSecond, long tailMillis) {
        return new Figures(
                utilisation, 1, gain, perSecond, tailMillis * 2e5, TimeUnit.MILLISECONDS.toNanos(tailMillis), 2);
    }

    /** The first step within so many measurements, one a second. */
    private Decision seconds(int count, Figures figures) {
        for (int i = 0; i < count; i++) {
            Decision decision = ladder.judge(figures, TimeUnit.SECONDS.toNanos(second++));
            if (decision != null) {
                return decision;
            }
        }
        return null;
    }
}
