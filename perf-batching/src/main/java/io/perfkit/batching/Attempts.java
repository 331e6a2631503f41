package io.perfkit.batching;

import io.github.resilience4j.retry.Retry;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Whether one batch is asked again, and after which pause, as its Resilience4j configuration says. */
final class Attempts<K, V extends @Nullable Object> {
    static final long NO_MORE = -1;

    private final Retry.@Nullable AsyncContext<Map<K, V>> retries;
    private final LongSupplier now;
    private boolean isFirst = true;
    private @Nullable Throwable exhausted;

    Attempts(@Nullable Retry retry, LongSupplier now) {
        retries = retry == null ? null : retry.asyncContext();
        this.now = now;
    }

    boolean isFirst() {
        return isFirst;
    }

    /**
     * After an attempt: for how many nanoseconds to wait before the next.
     *
     * @param deadlineNanos no attempt begins at or after it
     * @return {@link #NO_MORE} if there is none
     */
    long pauseAfter(@Nullable Map<K, V> loaded, @Nullable Throwable failure, long deadlineNanos) {
        isFirst = false;
        if (retries == null) {
            return NO_MORE;
        }
        try {
            long millis = failure == null && loaded != null
                    ? retries.onResult(loaded)
                    : retries.onError(failure == null ? new IllegalStateException() : failure);
            if (millis < 0) {
                if (failure == null) {
                    retries.onComplete();
                }
                return NO_MORE;
            }
            long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
            return nanos < deadlineNanos - now.getAsLong() ? nanos : NO_MORE;
        } catch (Exception atTheEnd) {
            // What the configuration wants to be thrown when a result was refused for the last time.
            exhausted = atTheEnd;
            return NO_MORE;
        }
    }

    /** The failure of the last attempt, or what stands for a result that was refused each time. */
    @Nullable
    Throwable failureInstead(@Nullable Throwable failure) {
        return failure != null ? failure : exhausted;
    }
}
