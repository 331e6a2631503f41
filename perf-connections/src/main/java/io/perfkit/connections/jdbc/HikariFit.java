package io.perfkit.connections.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Fits HikariCP's settings to those of a {@link BoundedDataSource}, or says why they do not fit. Apart from the builder,
 * so that an application without HikariCP never loads a class of it.
 */
final class HikariFit {
    private static final int DEFAULT_SIZE = 10;
    private static final long SHORTEST_TIMEOUT_MILLIS = 250;
    private static final long LONGEST_TEST_MILLIS = 1_500;
    private static final long SHORTEST_LIFETIME_MILLIS = 30_000;

    private HikariFit() {}

    /** Opens a pool of its own, which is closed with the source. */
    static PhysicalSource open(BoundedDataSource.Builder settings, HikariConfig given, int maximum) {
        HikariConfig own = new HikariConfig();
        given.copyStateTo(own);
        // HikariCP does not tell its default from a choice of the same value, and 7.0 changed the default from -1 to
        // 10.
        if (own.getMaximumPoolSize() != new HikariConfig().getMaximumPoolSize()
                && own.getMaximumPoolSize() != maximum) {
            throw settings.contradiction(
                    "size=%d + overflow=%d must be the maximumPoolSize=%d of the HikariConfig, or leave that unset",
                    settings.size(), settings.overflow(), own.getMaximumPoolSize());
        }
        if (settings.overflow() > 0 && own.getMinimumIdle() > 0) {
            throw settings.contradiction(
                    "overflow=%d needs minimumIdle=0 in the HikariConfig, or leave it unset, but it is %d",
                    settings.overflow(), own.getMinimumIdle());
        }
        own.setMaximumPoolSize(maximum);
        if (settings.overflow() > 0) {
            own.setMinimumIdle(0);
        }
        own.setConnectionTimeout(Math.max(
                SHORTEST_TIMEOUT_MILLIS,
                Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(settings.acquireNanos()))));
        if (settings.recycleNanos() > 0) {
            long millis = TimeUnit.NANOSECONDS.toMillis(settings.recycleNanos());
            if (millis < SHORTEST_LIFETIME_MILLIS) {
                throw settings.contradiction(
                        "recycleAfter=%d ms must be at least the %d ms that HikariCP asks for as maxLifetime",
                        millis, SHORTEST_LIFETIME_MILLIS);
            }
            own.setMaxLifetime(millis);
        }
        // HikariCP's own test of a connection that rested must not outlast the deadline.
        own.setValidationTimeout(Math.min(
                own.getValidationTimeout(),
                Math.max(SHORTEST_TIMEOUT_MILLIS, Math.min(LONGEST_TEST_MILLIS, own.getConnectionTimeout()))));
        if (own.getPoolName() == null) {
            own.setPoolName(settings.name());
        }
        HikariDataSource pool = new HikariDataSource(own);
        return source(settings, pool, pool, true, maximum);
    }

    /** The pool that a data source is, or is a wrapper of, if it says so. */
    static @Nullable HikariDataSource poolOf(DataSource given) {
        if (given instanceof HikariDataSource pool) {
            return pool;
        }
        try {
            return given.isWrapperFor(HikariDataSource.class) ? given.unwrap(HikariDataSource.class) : null;
        } catch (SQLException | RuntimeException saysNothing) {
            return null;
        }
    }

    /** Borrows from a pool of the caller, left as it is, through whatever is wrapped around it. */
    static PhysicalSource over(
            BoundedDataSource.Builder settings, HikariDataSource pool, DataSource given, int maximum) {
        // In older versions a pool that nobody has borrowed from yet says -1 where the size was left open.
        int most = pool.getMaximumPoolSize() > 0 ? pool.getMaximumPoolSize() : DEFAULT_SIZE;
        // HikariCP's default is to keep as many idle ones as there may be.
        int idle = pool.getMinimumIdle() >= 0 ? pool.getMinimumIdle() : most;
        if (maximum > most) {
            throw settings.contradiction(
                    "size=%d + overflow=%d must be at most the maximumPoolSize=%d of the HikariDataSource",
                    settings.size(), settings.overflow(), most);
        }
        if (settings.overflow() > 0 && idle > 0) {
            throw settings.contradiction(
                    "overflow=%d needs minimumIdle=0 in the HikariDataSource, but it is %d", settings.overflow(), idle);
        }
        if (settings.recycleNanos() > 0) {
            throw settings.contradiction(
                    "recycleAfter=%d ms cannot be applied to a HikariDataSource: set its maxLifetime=%d instead",
                    TimeUnit.NANOSECONDS.toMillis(settings.recycleNanos()), pool.getMaxLifetime());
        }
        return source(settings, pool, given, false, maximum);
    }

    private static PhysicalSource source(
            BoundedDataSource.Builder settings, HikariDataSource pool, DataSource given, boolean closes, int maximum) {
        return new HikariSource(
                pool, given, closes, settings.opening(given), settings.tests(), settings.returnPolicy(true), maximum);
    }
}
