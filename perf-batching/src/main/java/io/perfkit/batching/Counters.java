package io.perfkit.batching;

import java.util.concurrent.atomic.LongAdder;

/** The running totals behind {@link BatcherStats}; touched once per batch, not once per call. */
final class Counters {
    final LongAdder calls = new LongAdder();
    final LongAdder keys = new LongAdder();
    final LongAdder batches = new LongAdder();
    final LongAdder failedBatches = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder expired = new LongAdder();
    final LongAdder abandoned = new LongAdder();

    void batch(int callCount, int keyCount) {
        batches.increment();
        calls.add(callCount);
        keys.add(keyCount);
    }
}
