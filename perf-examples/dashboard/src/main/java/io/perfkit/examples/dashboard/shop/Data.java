package io.perfkit.examples.dashboard.shop;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.function.LongFunction;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * The loaded data: how much of it there is, and who buys most.
 *
 * @param size rows per table
 * @param busiestCustomer the customer with the most transactions
 */
public record Data(DataSize size, long busiestCustomer) {

    private static final int ROWS_PER_LINE_OF_PROGRESS = 250_000;

    private static final String[] TABLES = {
        "create table users (id bigint not null, name text not null, email text not null, country text not null)",
        "create table products (id bigint not null, name text not null, category text not null,"
                + " price numeric(10,2) not null)",
        "create table transactions (id bigint not null, user_id bigint not null, product_id bigint not null,"
                + " quantity int not null, amount numeric(12,2) not null, status text not null,"
                + " created_at timestamp(6) not null)",
        "create table projects (id bigint not null, name text not null)",
        "create table features (id bigint not null, project_id bigint not null, name text not null)",
        "create table backlogs (id bigint not null, feature_id bigint not null, title text not null,"
                + " points int not null)"
    };

    /** Both sides get the same indexes: what is repaired here is the application, not the database. */
    private static final String[] INDEXES = {
        "alter table users add primary key (id)",
        "alter table products add primary key (id)",
        "alter table transactions add primary key (id)",
        "alter table projects add primary key (id)",
        "alter table features add primary key (id)",
        "alter table backlogs add primary key (id)",
        "create index transactions_newest on transactions (created_at, id)",
        "create index transactions_of_product on transactions (product_id)",
        "create index transactions_of_user on transactions (user_id, created_at, id)",
        "create index features_project on features (project_id)",
        "create index backlogs_feature on backlogs (feature_id)",
        "vacuum analyze"
    };

    /** Creates the tables in an empty database, fills them by COPY, then adds indexes and statistics. */
    public static Data load(DataSource database, DataSize size, Progress progress) throws SQLException {
        SalesData rows = new SalesData(size);
        int features = size.projects() * DataSize.FEATURES_PER_PROJECT;
        try (Connection connection = database.getConnection()) {
            execute(connection, TABLES);
            copy(connection, "users", size.users(), rows::user, progress);
            copy(connection, "products", size.products(), rows::product, progress);
            copy(connection, "projects", size.projects(), rows::project, progress);
            copy(connection, "features", features, rows::feature, progress);
            copy(connection, "backlogs", (long) features * DataSize.BACKLOGS_PER_FEATURE, rows::backlog, progress);
            copy(connection, "transactions", size.transactions(), rows::transaction, progress);
            progress.say("creating indexes and statistics");
            execute(connection, INDEXES);
        } catch (IOException e) {
            throw new SQLException("COPY failed", e);
        }
        return new Data(size, rows.busiestCustomer());
    }

    public LocalDate lastDay() {
        return DataSize.LAST_DAY;
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static void copy(
            Connection connection, String table, long count, LongFunction<byte[]> rowById, Progress progress)
            throws SQLException, IOException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy " + table + " from stdin");
        byte[] buffer = new byte[1 << 16];
        int filled = 0;
        for (long id = 1; id <= count; id++) {
            byte[] row = rowById.apply(id);
            if (filled + row.length > buffer.length) {
                copy.writeToCopy(buffer, 0, filled);
                filled = 0;
            }
            System.arraycopy(row, 0, buffer, filled, row.length);
            filled += row.length;
            if (id % ROWS_PER_LINE_OF_PROGRESS == 0) {
                progress.say("  %,d of %,d %s", id, count, table);
            }
        }
        copy.writeToCopy(buffer, 0, filled);
        copy.endCopy();
    }
}
