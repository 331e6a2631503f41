package io.perfkit.pagination;

import static io.perfkit.pagination.Tx.TX;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** An H2 of its own with some rows of {@link Tx}, two to a day, newest first; all are PAID but the fourth. */
final class TxDatabase implements AutoCloseable {

    private final Connection connection;
    private final DSLContext dsl;
    private final List<String> statements = new ArrayList<>();

    private TxDatabase(Connection connection) {
        this.connection = connection;
        this.dsl = DSL.using(connection, SQLDialect.H2)
                .configuration()
                .deriveAppending(
                        ExecuteListener.onExecuteStart((ExecuteContext context) -> statements.add(context.sql())))
                .dsl();
    }

    static TxDatabase of(int rows) throws SQLException {
        TxDatabase database = new TxDatabase(DriverManager.getConnection("jdbc:h2:mem:"));
        database.dsl.createTable(TX).columns(TX.fields()).primaryKey(TX.ID).execute();
        for (long id = 1; id <= rows; id++) {
            database.insert(id);
        }
        database.statements.clear();
        return database;
    }

    void insert(long id) {
        dsl.insertInto(TX, TX.ID, TX.CREATED_AT, TX.STATUS, TX.REFERENCE)
                .values(id, LocalDateTime.of(2026, 1, 1, 0, 0).minusDays(id / 2), id == 4 ? "OPEN" : "PAID", "r" + id)
                .execute();
    }

    DSLContext dsl() {
        return dsl;
    }

    /** The statements since the rows were inserted or the list was cleared. */
    List<String> statements() {
        return statements;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
