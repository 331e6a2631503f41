package io.perfkit.cache;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How long an entry lives.
 *
 * @param ttl for how many nanoseconds it is fresh
 * @param stale for how many after that it is served while it is loaded anew
 * @param onError for how many after the ttl it is served if loading fails
 * @param loadNanos how long its load took
 * @param tags its tags
 */
record Life(long ttl, long stale, long onError, long loadNanos, List<String> tags) {

    /** The same with a ttl of which a part is over. */
    Life withTtl(long left) {
        return new Life(left, stale, onError, loadNanos, tags);
    }

    /** How long the shared tier keeps the entry. */
    Duration whole() {
        return Duration.ofMillis(Math.max(1, millis(ttl + Math.max(stale, onError))));
    }

    long freshMillis() {
        return millis(ttl);
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
