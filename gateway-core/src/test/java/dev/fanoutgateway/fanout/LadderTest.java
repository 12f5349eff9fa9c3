package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fanoutgateway.fanout.Ladder.Decision;
import dev.fanoutgateway.fanout.Ladder.Rung;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The ladder on figures as queues with exponential service have them, and on some that no theory explains. */
class LadderTest {
    private final Ladder ladder = new Ladder();
    private long second = 1;

    @Test
    void askingAllBreaksEvenWhereTheLiteratureSaysSo() {
        assertThat(Ladder.threshold(2, 0)).as("deterministic").isCloseTo(0.26, within(0.01));
        assertThat(Ladder.threshold(2, 1)).as("exponential").isCloseTo(1 / 3.0, within(1e-9));
        assertThat(Ladder.threshold(2, 1_000)).as("heavy tails").isCloseTo(0.42, within(0.01));
        assertThat(Ladder.threshold(3, 1)).isCloseTo(0.25, within(1e-9));
        assertThat(Ladder.threshold(10, 1)).isCloseTo(1 / 11.0, within(1e-9));
    }

    @Test
    void asksAllAfterAMinuteInWhichThatWasBetter() {
        assertThat(seconds(59, 0.1)).isNull();
        Decision step = seconds(1, 0.1);

        assertThat(step.to()).isEqualTo(Rung.PARALLEL);
        assertThat(step.utilisation()).isCloseTo(0.1, within(1e-9));
        assertThat(step.gain()).isBetween(0.3, 0.5);
        assertThat(seconds(600, 0.1)).as("where it stays").isNull();
    }

    @Test
    void hedgesBetweenBreakEvenAndTheLoadAtWhichHedgesCostMoreThanTheySave() {
        for (double load : new double[] {0.32, 0.4, 0.5, 0.6}) {
            second = 1;
            assertThat(seconds(new Ladder(), 600, load)).as("at %s", load).isNull();
        }
    }

    @Test
    void asksOneUnderFullLoadAndHedgesAgainWhenThereIsRoom() {
        Decision down = seconds(60, 0.85);
        assertThat(down.to()).isEqualTo(Rung.SINGLE);
        assertThat(seconds(300, 0.84)).isNull();
        Decision up = seconds(120, 0.4);

        assertThat(up.to()).isEqualTo(Rung.HEDGED);
        assertThat(up.reason()).isEqualTo("hedges save more than their load costs");
    }

    @Test
    void doesNotWaitForProofOfAGreatLoss() {
        assertThat(seconds(9, 0.95)).isNull();
        assertThat(seconds(3, 0.95).to()).isEqualTo(Rung.SINGLE);
    }

    @Test
    void doesNotAskAllForNothing() {
        assertThat(seconds(ladder, 600, new Figures(0.1, 1, 0.05, 200, 2, 100, 97, 98, 98)))
                .isNull();
        assertThat(seconds(ladder, 600, new Figures(0.1, 1, 0.05, 200, 1, 100, 100, 98, 98)))
                .as("nobody else to ask")
                .isNull();
    }

    @Test
    void leavesAskingAllWhenTheLoadIsPastBreakEven() {
        seconds(60, 0.1);
        Decision step = seconds(30, parallel(39, 780));

        assertThat(step.to()).isEqualTo(Rung.HEDGED);
        assertThat(step.utilisation()).isCloseTo(0.39, within(0.01));
        assertThat(step.reason()).isEqualTo("the load is past break-even");
    }

    @Test
    void leavesAskingAllWhenItIsSlowerThanWhatItLeftAndDoesNotTryAgainSoon() {
        Figures promising = exponential(0.1);
        seconds(60, 0.1);
        assertThat(seconds(29, parallel(45, 200))).as("half a minute at least").isNull();
        Decision step = seconds(60, parallel(45, 200));
        assertThat(step.to()).isEqualTo(Rung.HEDGED);
        assertThat(step.gain()).isBetween(0.01, 0.1);

        long left = second;
        assertThat(seconds(590, promising))
                .as("what it has seen counts for more than what it expects")
                .isNull();
        while (seconds(1, promising) == null) {
            // waits
        }
        assertThat(second - left).isCloseTo(600, within(15L));
    }

    @Test
    void leavesAskingAllAtOnceWhenThatIsMuchSlower() {
        seconds(60, 0.1);
        assertThat(seconds(13, parallel(80, 200)).to()).isEqualTo(Rung.HEDGED);
    }

    @Test
    void afterOtherRatesItTriesAgain() {
        seconds(60, 0.1);
        seconds(60, parallel(45, 200));
        assertThat(seconds(300, 0.05).to()).isEqualTo(Rung.PARALLEL);
    }

    @Test
    void ofFewRequestsItTakesLongerToTell() {
        Figures few = new Figures(0.1, 1, 0.05, 5, 2, 51, 26, 43, 43);
        assertThat(seconds(ladder, 390, few)).isNull();
        assertThat(seconds(ladder, 20, few).to()).isEqualTo(Rung.PARALLEL);
    }

    @Test
    void aFigureThatJumpsToAndFroIsTakenInTheMean() {
        for (int i = 0; i < 600; i++) {
            double chance = i % 2 == 0 ? 1.2 : 1 / 1.2;
            Figures now = exponential(0.4);
            assertThat(ladder.judge(
                            new Figures(0.42, 1, 0.05, 800, 2, now.alone(), now.together(), 1, now.answers() * chance),
                            TimeUnit.SECONDS.toNanos(second++)))
                    .isNull();
        }
    }

    @Test
    void withoutATailThereIsNothingToCompare() {
        assertThat(seconds(ladder, 600, new Figures(0.1, 1, 0.05, 200, 2, 0, 0, 0, 0)))
                .isNull();
    }

    /** What all of a rate of 2000 times the load see: queues of one worker with exponential service, 10 ms on average. */
    private Figures exponential(double load) {
        boolean single = ladder.rung() == Rung.SINGLE;
        double used = single ? load : load * 1.05;
        double mean = 10 / (1 - used);
        double hedged = mean * (Math.log(20) + Math.log(5) / 2);
        return new Figures(
                used,
                1,
                0.05,
                2_000 * load,
                2,
                mean * Math.log(100),
                mean * Math.log(10),
                hedged,
                single ? mean * Math.log(100) : hedged);
    }

    private static Figures parallel(double tail, double perSecond) {
        return new Figures(0, 0, 0, perSecond, 2, tail, tail, tail, tail);
    }

    private Decision seconds(int count, double load) {
        return seconds(count, exponential(load));
    }

    private Decision seconds(int count, Figures figures) {
        return seconds(ladder, count, figures);
    }

    private Decision seconds(Ladder any, int count, double load) {
        return seconds(any, count, exponential(load));
    }

    /** The first step within so many measurements, one a second. */
    private Decision seconds(Ladder any, int count, Figures figures) {
        for (int i = 0; i < count; i++) {
            Decision decision = any.judge(figures, TimeUnit.SECONDS.toNanos(second++));
            if (decision != null) {
                return decision;
            }
        }
        return null;
    }
}
