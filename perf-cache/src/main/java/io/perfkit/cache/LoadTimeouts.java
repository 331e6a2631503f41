package io.perfkit.cache;

import java.time.Duration;

/**
 * How long a caller waits for a load, in nanoseconds; {@link Long#MAX_VALUE} is for ever.
 *
 * @param soft after which a stale value is served, if there is one
 * @param hard after which the caller is told that it is late
 */
record LoadTimeouts(long soft, long hard) {

    static LoadTimeouts of(CachePolicy policy) {
        return new LoadTimeouts(
                policy.softLoadTimeout().map(Duration::toNanos).orElse(Long.MAX_VALUE),
                policy.hardLoadTimeout().map(Duration::toNanos).orElse(Long.MAX_VALUE));
    }

    /** The policy has both or none. */
    boolean none() {
        return hard == Long.MAX_VALUE;
    }
}
