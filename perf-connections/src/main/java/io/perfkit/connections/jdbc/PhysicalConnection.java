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
 * An open connection, and what it takes to hand it on as good as new: the settings it had before a caller changed them,
 * the statements that callers opened, and whether SQL text has changed the session.
 *
 * <p>A setting is read before it is changed for the first time, since reading some of them costs a round trip. All that
 * were changed are set back when the connection returns. What SQL text changed is undone by the database where that can
 * be had (PostgreSQL's {@code DISCARD ALL}, followed by what had been set when the session began), or by the pool's
 * {@code onReturn}; where neither can be had, or where it can no longer be told what the opening state was, the
 * connection is of no more use.
 */
final class PhysicalConnection {
    private static final int STATEMENTS_BEFORE_PRUNING = 64;

    final Connection connection;
    final long openedNanos;
    final int generation;
    long acquiredNanos;
    long recycleAtNanos;

    private final ReturnPolicy policy;
    private final boolean opensInAutoCommit;

    private final Queue<Statement> statements = new ConcurrentLinkedQueue<>();
    private int prunedAt = STATEMENTS_BEFORE_PRUNING;
    private int tracked;

    private final Map<Setting, @Nullable Object> originals = new EnumMap<>(Setting.class);
    private final Set<Setting> changed = EnumSet.noneOf(Setting.class);

    private @Nullable Map<String, String> openingSettings;
    private volatile boolean transactionByText;
    private volatile boolean sessionByText;

    /** Changed within the present transaction only. */
    private volatile boolean localByText;

    /** What the opening state was can no longer be told. */
    private volatile boolean spoilt;

    /** What a failure has shown to be of no more use. */
    private volatile boolean broken;

    PhysicalConnection(Connection connection, ReturnPolicy policy, int generation, long nowNanos) throws SQLException {
        this.connection = connection;
        this.policy = policy;
        this.generation = generation;
        this.openedNanos = nowNanos;
        this.acquiredNanos = nowNanos;
        this.opensInAutoCommit = connection.getAutoCommit();
    }

    void broke() {
        broken = true;
    }

    boolean isBroken() {
        return broken;
    }

    /** Called before a setting is changed. */
    void changing(Setting setting) throws SQLException {
        if (setting == Setting.AUTO_COMMIT) {
            return;
        }
        if (!originals.containsKey(setting)) {
            if (sessionByText && setting.isInTheSession()) {
                spoilt = true;
            }
            boolean isUnchanged = !sessionByText && !localByText && !transactionByText;
            originals.put(setting, policy.opening(setting, connection, isUnchanged));
        }
        changed.add(setting);
    }

    /** Called before text is executed that is not plain. */
    void executing(SqlText text) {
        if (text.transaction()) {
            transactionByText = true;
        }
        if (!text.session() && !text.local()) {
            return;
        }
        try {
            boolean postgres = Postgres.is(connection);
            if (!text.session() && postgres) {
                localByText = true;
                return;
            }
            if (policy.onReturn() == null && postgres && openingSettings == null && !sessionByText) {
                rememberOpeningSettings();
            }
        } catch (SQLException | RuntimeException e) {
            spoilt = true;
        }
        sessionByText = true;
    }

    private void rememberOpeningSettings() throws SQLException {
        if (localByText || changed.stream().anyMatch(Setting::isInTheSession)) {
            // A query now would see the changes.
            spoilt = true;
            return;
        }
        openingSettings = Postgres.settings(connection);
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
        boolean autoCommit = connection.getAutoCommit();
        boolean plain = autoCommit == opensInAutoCommit
                && tracked == 0
                && changed.isEmpty()
                && !transactionByText
                && !localByText
                && !sessionByText
                && policy.onReturn() == null;
        if (!plain || !autoCommit) {
            NetworkBound bound = NetworkBound.on(connection, policy, originals.get(Setting.NETWORK_TIMEOUT));
            restore(autoCommit);
            bound.lift();
        }
        connection.clearWarnings();
    }

    private void restore(boolean autoCommit) throws SQLException {
        if (tracked > 0) {
            for (Statement s = statements.poll(); s != null; s = statements.poll()) {
                s.close();
            }
            tracked = 0;
        }
        boolean now = autoCommit;
        if (!now) {
            connection.rollback();
        } else if (transactionByText) {
            execute("ROLLBACK");
            // Where the driver did not know of the transaction, it may not know of its end either.
            now = connection.getAutoCommit();
        }
        transactionByText = false;
        localByText = false;
        boolean changes = !changed.isEmpty() || sessionByText || policy.onReturn() != null;
        if (changes && !now) {
            // What is set in a transaction would go with it.
            connection.setAutoCommit(true);
            now = true;
        }
        if (sessionByText) {
            restoreSession();
        }
        restoreSettings();
        String onReturn = policy.onReturn();
        if (onReturn != null) {
            execute(onReturn);
        }
        if (now != opensInAutoCommit) {
            connection.setAutoCommit(opensInAutoCommit);
        }
    }

    private void restoreSession() throws SQLException {
        if (policy.onReturn() != null) {
            sessionByText = false;
            return;
        }
        Map<String, String> opening = openingSettings;
        if (spoilt || opening == null || !Postgres.is(connection)) {
            throw new SQLException("SQL text has changed the session, and what it was before cannot be restored.");
        }
        Postgres.reset(connection, opening);
        sessionByText = false;
    }

    private void restoreSettings() throws SQLException {
        if (changed.isEmpty()) {
            return;
        }
        for (Setting setting : changed) {
            if (setting == Setting.NETWORK_TIMEOUT) {
                // The bound on this return gives it back at the end.
                continue;
            }
            setting.write(connection, originals.get(setting));
        }
        changed.clear();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
