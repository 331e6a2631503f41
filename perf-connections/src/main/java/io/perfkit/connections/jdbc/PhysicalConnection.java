package io.perfkit.connections.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A connection that a pool of our own keeps open, and what it takes to hand it on as good as new: the settings it had
 * before a caller changed them, and the statements that callers opened.
 *
 * <p>A setting is read before it is changed for the first time, since reading some of them costs a round trip. All that
 * were changed are set back when the connection returns.
 */
final class PhysicalConnection {
    private static final int STATEMENTS_BEFORE_PRUNING = 64;

    final Connection connection;
    final long openedNanos;
    long acquiredNanos;

    private final Queue<Statement> statements = new ConcurrentLinkedQueue<>();
    private int prunedAt = STATEMENTS_BEFORE_PRUNING;
    private int tracked;

    private final Map<Setting, @Nullable Object> originals = new EnumMap<>(Setting.class);
    private final Set<Setting> changed = EnumSet.noneOf(Setting.class);

    PhysicalConnection(Connection connection, long nowNanos) {
        this.connection = connection;
        this.openedNanos = nowNanos;
        this.acquiredNanos = nowNanos;
    }

    /** Called before a setting is changed. */
    void changing(Setting setting) throws SQLException {
        if (!originals.containsKey(setting)) {
            originals.put(setting, setting.read(connection));
        }
        changed.add(setting);
    }

    /** Remembers a statement until it is closed; the closed ones are dropped now and then. */
    void opened(Statement statement) throws SQLException {
        statements.add(statement);
        if (++tracked >= prunedAt) {
            int open = 0;
            for (var i = statements.iterator(); i.hasNext(); ) {
                if (i.next().isClosed()) {
                    i.remove();
                } else {
                    open++;
                }
            }
            tracked = open;
            prunedAt = Math.max(STATEMENTS_BEFORE_PRUNING, 2 * open);
        }
    }

    int trackedStatements() {
        return statements.size();
    }

    /** Ends what the caller left open and sets back what it changed. If this throws, the connection is of no more use. */
    void reset() throws SQLException {
        if (tracked > 0) {
            for (Statement s = statements.poll(); s != null; s = statements.poll()) {
                s.close();
            }
            tracked = 0;
        }
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
        if (!changed.isEmpty()) {
            restore();
        }
        connection.clearWarnings();
    }

    private void restore() throws SQLException {
        for (Setting setting : changed) {
            Object original = originals.get(setting);
            // A driver that has no such thing as a schema or a catalog answers null.
            if (original != null) {
                setting.write(connection, original);
            }
        }
        changed.clear();
    }
}
