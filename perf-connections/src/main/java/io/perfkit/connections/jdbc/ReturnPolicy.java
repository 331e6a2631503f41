package io.perfkit.connections.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a returned connection is made as good as new. */
final class ReturnPolicy {
    private final @Nullable String onReturn;
    private final long returnNanos;

    /**
     * What HikariCP sets back itself, and so is the same in all of its connections when they are handed out; null over a
     * driver. It is set back before all the same: HikariCP hands a connection out again whose setting back has failed.
     */
    private final @Nullable Map<Setting, Object> sameInAll;

    /**
     * The policy of one pool.
     *
     * @param onReturn a statement to run at each return, or null
     * @param overHikari whether HikariCP sets back what it knows of itself
     * @param returnNanos the longest that one round trip of a return may take
     */
    ReturnPolicy(@Nullable String onReturn, boolean overHikari, long returnNanos) {
        this.onReturn = onReturn;
        this.returnNanos = returnNanos;
        this.sameInAll = overHikari ? Collections.synchronizedMap(new EnumMap<>(Setting.class)) : null;
    }

    @Nullable
    String onReturn() {
        return onReturn;
    }

    long returnNanos() {
        return returnNanos;
    }

    /** The value that a setting has before the first change. Read once for all connections where it is the same in all. */
    @Nullable
    Object opening(Setting setting, Connection connection, boolean isUnchanged) throws SQLException {
        Map<Setting, Object> known = sameInAll;
        if (known == null || !isSetBackByHikari(setting)) {
            return setting.read(connection);
        }
        Object value = known.get(setting);
        if (value == null) {
            value = setting.read(connection);
            if (isUnchanged && value != null) {
                known.put(setting, value);
            }
        }
        return value;
    }

    private static boolean isSetBackByHikari(Setting setting) {
        return setting == Setting.ISOLATION || setting == Setting.READ_ONLY || setting == Setting.NETWORK_TIMEOUT;
    }
}
