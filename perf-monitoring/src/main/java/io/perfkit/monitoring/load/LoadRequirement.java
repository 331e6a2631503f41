package io.perfkit.monitoring.load;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** A bound that every scenario of a {@link LoadResult} must keep. Immutable. */
public final class LoadRequirement {
    private final Predicate<ScenarioResult> holds;
    private final Function<ScenarioResult, String> complaint;

    private LoadRequirement(Predicate<ScenarioResult> holds, Function<ScenarioResult, String> complaint) {
        this.holds = holds;
        this.complaint = complaint;
    }

    Optional<String> violatedBy(ScenarioResult scenario) {
        return holds.test(scenario) ? Optional.empty() : Optional.of(complaint.apply(scenario));
    }

    /**
     * The median latency.
     *
     * @return to be bounded
     */
    public static Latency p50() {
        return new Latency("p50", ScenarioResult::p50);
    }

    /**
     * The 95th percentile of the latency.
     *
     * @return to be bounded
     */
    public static Latency p95() {
        return new Latency("p95", ScenarioResult::p95);
    }

    /**
     * The 99th percentile of the latency.
     *
     * @return to be bounded
     */
    public static Latency p99() {
        return new Latency("p99", ScenarioResult::p99);
    }

    /**
     * The longest latency.
     *
     * @return to be bounded
     */
    public static Latency max() {
        return new Latency("max", ScenarioResult::max);
    }

    /**
     * The share of errors.
     *
     * @return to be bounded
     */
    public static ErrorRate errorRate() {
        return new ErrorRate();
    }

    /**
     * The answered calls per second that were no error.
     *
     * @return to be bounded
     */
    public static Throughput throughput() {
        return new Throughput();
    }

    /** A latency that is to be bounded. */
    public static final class Latency {
        private final String name;
        private final Function<ScenarioResult, Duration> measure;

        private Latency(String name, Function<ScenarioResult, Duration> measure) {
            this.name = name;
            this.measure = measure;
        }

        /**
         * Holds where the latency is less. A scenario without a call does not hold.
         *
         * @param bound the bound
         * @return the requirement
         */
        public LoadRequirement below(Duration bound) {
            return new LoadRequirement(
                    scenario -> scenario.count() > 0 && measure.apply(scenario).compareTo(bound) < 0,
                    scenario -> scenario.count() == 0
                            ? name + " of " + scenario.name() + " is unknown, since no call was measured"
                            : name + " of " + scenario.name() + " must be below " + millis(bound) + ", but was "
                                    + millis(measure.apply(scenario)));
        }

        private static String millis(Duration duration) {
            return String.format(Locale.ROOT, "%.3f ms", duration.toNanos() / 1e6);
        }
    }

    /** The share of errors, to be bounded. */
    public static final class ErrorRate {
        private ErrorRate() {}

        /**
         * Holds where the share of errors is less. A scenario without a call does not hold.
         *
         * @param bound from 0 (exclusive) to 1
         * @return the requirement
         */
        public LoadRequirement below(double bound) {
            if (!(bound > 0 && bound <= 1)) {
                throw new IllegalArgumentException("errorRate bound must be above 0 and at most 1, but was " + bound
                        + "; use zero() for no error");
            }
            return errors(scenario -> scenario.errorRate() < bound, "below " + bound);
        }

        /**
         * Holds where there was no error at all.
         *
         * @return the requirement
         */
        public LoadRequirement zero() {
            return errors(scenario -> scenario.errors() == 0, "zero");
        }

        private static LoadRequirement errors(Predicate<ScenarioResult> holds, String bound) {
            return new LoadRequirement(
                    scenario -> scenario.count() > 0 && holds.test(scenario),
                    scenario -> String.format(
                            Locale.ROOT,
                            "errorRate of %s must be %s, but was %.4f (%d of %d) %s",
                            scenario.name(),
                            bound,
                            scenario.errorRate(),
                            scenario.errors(),
                            scenario.count(),
                            scenario.failures()));
        }
    }

    /** The throughput, to be bounded. */
    public static final class Throughput {
        private Throughput() {}

        /**
         * Holds where the throughput is at least this.
         *
         * @param perSecond calls per second
         * @return the requirement
         */
        public LoadRequirement atLeast(double perSecond) {
            return new LoadRequirement(
                    scenario -> scenario.throughput() >= perSecond,
                    scenario -> String.format(
                            Locale.ROOT,
                            "throughput of %s must be at least %.1f/s, but was %.1f/s",
                            scenario.name(),
                            perSecond,
                            scenario.throughput()));
        }
    }
}
