package io.perfkit.monitoring.load;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The calls under way, and those that were still so when the measured time was over. */
final class UnderWay {
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private final AtomicLong atEnd = new AtomicLong();
    private final AtomicLong oldestAtEndNanos = new AtomicLong();

    Call begun(long startNanos) {
        Call call = new Call(startNanos);
        calls.add(call);
        return call;
    }

    /** @param endNanos when the measured time is over, {@link Long#MAX_VALUE} if it has no end of its own */
    void ended(Call call, long nowNanos, long endNanos) {
        calls.remove(call);
        if (endNanos != Long.MAX_VALUE && nowNanos - endNanos > 0 && endNanos - call.startNanos > 0) {
            atEnd.incrementAndGet();
            oldestAtEndNanos.accumulateAndGet(endNanos - call.startNanos, Math::max);
        }
    }

    int count() {
        return calls.size();
    }

    Duration oldest(long nowNanos) {
        long oldest = 0;
        for (Call call : calls) {
            oldest = Math.max(oldest, nowNanos - call.startNanos);
        }
        return Duration.ofNanos(oldest);
    }

    long atEnd() {
        return atEnd.get();
    }

    Duration oldestAtEnd() {
        return Duration.ofNanos(oldestAtEndNanos.get());
    }

    /** One call. Told apart by identity: two may begin in the same nanosecond. */
    static final class Call {
        private final long startNanos;

        private Call(long startNanos) {
            this.startNanos = startNanos;
        }
    }
}
