package io.perfkit.benchmarks;

import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How long to measure. A round is one forked JVM per benchmark; rounds follow each other, so that a machine that becomes
 * slower for a while slows both sides alike.
 *
 * @param rounds the number of rounds, which is the number of samples that an interval is computed from
 * @param warmups the iterations of each fork that are thrown away
 * @param maximumWarmups what a fork that still becomes faster while it is measured may take instead
 * @param iterations the iterations of each fork that count
 * @param iteration the length of one iteration
 */
record Effort(int rounds, int warmups, int maximumWarmups, int iterations, TimeValue iteration) {

    /** About 45 seconds per benchmark. */
    static final Effort FULL = new Effort(5, 5, 40, 3, TimeValue.seconds(1));

    /** About seven seconds per benchmark: shows that everything runs and the order of magnitude, decides nothing. */
    static final Effort QUICK = new Effort(3, 3, 3, 2, TimeValue.milliseconds(300));

    /** Whether what it measures can decide anything. */
    boolean judges() {
        return rounds >= FULL.rounds();
    }
}
