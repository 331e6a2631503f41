package io.perfkit.benchmarks.batching;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits until so many jobs have run, one wave after the other. */
final class Countdown {

    private static final long LONGEST_SECONDS = 120;

    private volatile CountDownLatch open = new CountDownLatch(0);

    /** Before the first job of a wave is submitted. */
    void expect(int jobs) {
        open = new CountDownLatch(jobs);
    }

    /** In each job. */
    void done() {
        open.countDown();
    }

    void await() throws InterruptedException {
        if (!open.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    open.getCount() + " jobs have not run after " + LONGEST_SECONDS + " seconds");
        }
    }
}
