package io.perfkit.batching.jobs.internal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happened in this process. Thread-safe. */
public final class Tally {
    /** Attempts that ended. */
    public final LongAdder attempts = new LongAdder();

    /** Attempts that ended with a failure. */
    public final LongAdder failedAttempts = new LongAdder();

    /** Jobs that succeeded. */
    public final LongAdder succeeded = new LongAdder();

    /** Jobs that failed for good. */
    public final LongAdder failed = new LongAdder();

    /** Jobs that were cancelled. */
    public final LongAdder cancelled = new LongAdder();

    /** Attempts whose worker was found dead. */
    public final LongAdder deadWorkers = new LongAdder();

    /** Nanoseconds that attempts took. */
    public final LongAdder runNanos = new LongAdder();

    /** Handlers that were given up and still hold a thread. */
    public final AtomicInteger stuck = new AtomicInteger();

    /** Nothing yet. */
    public Tally() {}
}
