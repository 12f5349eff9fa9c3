package dev.fanoutgateway.testing;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** How long a simulated backend works on a request: a distribution with a known mean. */
public interface Service {
    /** One service time, in nanoseconds. */
    double nanos(SplittableRandom random);

    /** The mean, in nanoseconds. */
    double meanNanos();

    /** Always the same time. */
    static Service deterministic(Duration time) {
        return of(time.toNanos(), random -> time.toNanos());
    }

    /** Exponential with this mean. */
    static Service exponential(Duration mean) {
        return of(mean.toNanos(), random -> -mean.toNanos() * Math.log1p(-random.nextDouble()));
    }

    /** Pareto with this mean: P(longer than x) falls as {@code x^-shape}; the variance is infinite up to a shape of 2. */
    static Service pareto(Duration mean, double shape) {
        double least = mean.toNanos() * (shape - 1) / shape;
        return of(mean.toNanos(), random -> least * Math.pow(1 - random.nextDouble(), -1 / shape));
    }

    /** Log-normal with this median and this standard deviation of the logarithm. */
    static Service logNormal(Duration median, double sigma) {
        return of(
                median.toNanos() * Math.exp(sigma * sigma / 2),
                random -> median.toNanos() * Math.exp(sigma * gaussian(random)));
    }

    /** This one, but a share of the requests takes as long as {@code slow} says. */
    default Service but(double share, Service slow) {
        return of(
                (1 - share) * meanNanos() + share * slow.meanNanos(),
                random -> random.nextDouble() < share ? slow.nanos(random) : nanos(random));
    }

    private static double gaussian(SplittableRandom random) {
        return Math.sqrt(-2 * Math.log1p(-random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    private static Service of(double mean, ToDoubleFunction<SplittableRandom> times) {
        return new Service() {
            @Override
            public double nanos(SplittableRandom random) {
                return times.applyAsDouble(random);
            }

            @Override
            public double meanNanos() {
                return mean;
            }
        };
    }
}
