package io.perfkit.connections.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * How a returned connection is made as good as new.
 *
 * @param onReturn a statement to run at each return, or null
 * @param overHikari whether HikariCP sets back what it knows of itself
 * @param returnNanos the longest that one round trip of a return may take
 */
record ReturnPolicy(@Nullable String onReturn, boolean overHikari, long returnNanos) {
    boolean isResetBelow(Setting setting) {
        return overHikari
                && (setting == Setting.ISOLATION || setting == Setting.READ_ONLY || setting == Setting.NETWORK_TIMEOUT);
    }
}
