package io.perfkit.spring.cache;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/** Whether the transaction of the calling thread sees the database as it was, where it does not say so itself. */
abstract class DefaultIsolation {

    static DefaultIsolation create() {
        return ClassUtils.isPresent(
                        "org.springframework.jdbc.datasource.ConnectionHolder", DefaultIsolation.class.getClassLoader())
                ? new OfDataSources()
                : new DefaultIsolation() {
                    @Override
                    boolean isDefaultSnapshot() {
                        return true;
                    }
                };
    }

    /** @param level the one that the transaction asks for, or null for the database's own */
    boolean isSnapshot(@Nullable Integer level) {
        if (level == null || (int) level == TransactionDefinition.ISOLATION_DEFAULT) {
            return isDefaultSnapshot();
        }
        return isSnapshot((int) level);
    }

    static boolean isSnapshot(int level) {
        return level != Connection.TRANSACTION_READ_COMMITTED && level != Connection.TRANSACTION_READ_UNCOMMITTED;
    }

    abstract boolean isDefaultSnapshot();

    /** Asks the connection of the first transaction on each data source; a driver may ask the database for it. */
    private static final class OfDataSources extends DefaultIsolation {

        private final Map<DataSource, Boolean> known = Collections.synchronizedMap(new WeakHashMap<>());

        @Override
        boolean isDefaultSnapshot() {
            boolean any = false;
            for (Map.Entry<Object, Object> each :
                    TransactionSynchronizationManager.getResourceMap().entrySet()) {
                if (each.getKey() instanceof DataSource source && each.getValue() instanceof ConnectionHolder holder) {
                    any = true;
                    Boolean snapshot = known.get(source);
                    if (snapshot == null) {
                        try {
                            snapshot = isSnapshot(holder.getConnection().getTransactionIsolation());
                        } catch (SQLException | IllegalStateException unknown) {
                            return true;
                        }
                        known.put(source, snapshot);
                    }
                    if (snapshot) {
                        return true;
                    }
                }
            }
            return !any;
        }
    }
}
