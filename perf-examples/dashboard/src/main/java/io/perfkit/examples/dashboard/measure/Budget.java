package io.perfkit.examples.dashboard.measure;

import java.util.function.DoubleFunction;

/**
 * A promise of a repaired endpoint, and whether it was kept.
 *
 * @param what what is promised, such as {@code p95 of page 20,000}
 * @param bound the promise, such as {@code at most 35 ms}
 * @param measured what was measured
 * @param met whether the promise was kept
 */
public record Budget(String what, String bound, String measured, boolean met) {

    /** NaN, a figure that could not be taken, keeps no promise. */
    public static Budget atMost(String what, double limit, double measured, DoubleFunction<String> unit) {
        return new Budget(what, "at most " + unit.apply(limit), unit.apply(measured), measured <= limit);
    }

    public static Budget atLeast(String what, double limit, double measured, DoubleFunction<String> unit) {
        return new Budget(what, "at least " + unit.apply(limit), unit.apply(measured), measured >= limit);
    }

    public static Budget exactly(String what, long wanted, long measured) {
        return new Budget(what, "exactly " + Units.count(wanted), Units.count(measured), measured == wanted);
    }

    /** One line of the terminal. */
    public String toString(String story) {
        return (met ? "met     " : "MISSED  ") + story + ": " + what + " " + bound + ", measured " + measured;
    }
}
