package io.perfkit.monitoring.jdbc;

import java.sql.SQLException;
import java.sql.Wrapper;

/** How a wrapper answers {@link Wrapper}: with itself where it can, else with what it wraps. */
final class Wrappers {
    private Wrappers() {}

    static <T> T unwrap(Object self, Wrapper delegate, Class<T> type) throws SQLException {
        if (type.isInstance(self)) {
            return type.cast(self);
        }
        return type.isInstance(delegate) ? type.cast(delegate) : delegate.unwrap(type);
    }

    static boolean isWrapperFor(Object self, Wrapper delegate, Class<?> type) throws SQLException {
        return type.isInstance(self) || type.isInstance(delegate) || delegate.isWrapperFor(type);
    }
}
