package io.perfkit.cache.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.TransactionContext;
import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The snippets of docs/cache-transactions.md, run on PostgreSQL. */
@Timeout(60)
class CacheTransactionsPageIT {

    interface Work {
        void in(Connection connection) throws SQLException;
    }

    static final class JdbcTransactions implements TransactionContext {

        private record Held(List<Listener> listeners) implements Transaction {

            @Override
            public boolean isReadOnly() {
                return false;
            }

            @Override
            public boolean isSnapshot() {
                return false; // READ COMMITTED: each statement sees what is committed when it begins
            }

            @Override
            public void listener(Listener listener) {
                listeners.add(listener);
            }
        }

        private final ThreadLocal<Held> current = new ThreadLocal<>();
        private final DataSource database;

        JdbcTransactions(DataSource database) {
            this.database = database;
        }

        @Override
        public Transaction current() {
            return current.get();
        }

        void run(Work work) throws SQLException {
            Held transaction = new Held(new ArrayList<>());
            Outcome outcome = Outcome.UNKNOWN;
            current.set(transaction);
            try (Connection connection = database.getConnection()) {
                connection.setAutoCommit(false);
                try {
                    work.in(connection);
                } catch (SQLException | RuntimeException e) {
                    connection.rollback();
                    outcome = Outcome.ROLLED_BACK;
                    throw e;
                }
                connection.commit();
                outcome = Outcome.COMMITTED;
            } finally {
                current.remove();
                for (Listener listener : transaction.listeners()) {
                    listener.completed(outcome);
                }
            }
        }
    }

    private static void rename(Connection connection, String name) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("update city set name = ? where id = 42")) {
            update.setString(1, name);
            update.executeUpdate();
        }
    }

    private static String select(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select name from city where id = 42")) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void transactionContext_overPlainJdbc() throws Exception {
        PostgresServer postgres = PostgresServer.shared();
        DataSource dataSource = postgres.dataSource(postgres.createDatabase());
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table city (id int primary key, name text)");
            statement.execute("insert into city values (42, 'Neu-Ulm')");
        }
        List<String> seen = new ArrayList<>();

        JdbcTransactions transactions = new JdbcTransactions(dataSource);
        PerfCache cache = PerfCache.builder("shop").transactions(transactions).build();
        CacheRegion<String> cities = cache.region("city", String.class, CachePolicy.of(Duration.ofHours(1)));

        cities.put("42", "Neu-Ulm");
        Work renaming = connection -> {
            rename(connection, "Ulm");
            cities.invalidate("42");
            seen.add("mine: " + cities.getOrSet("42", () -> select(connection)));
            seen.add("others': "
                    + CompletableFuture.supplyAsync(() -> cities.getIfPresent("42"))
                            .join());
        };
        transactions.run(renaming);
        seen.add("afterwards: " + cities.getIfPresent("42"));

        assertThat(seen).containsExactly("mine: Ulm", "others': Neu-Ulm", "afterwards: null");
        cities.put("42", "Ulm");
        assertThatThrownBy(() -> transactions.run(connection -> {
                    rename(connection, "Atlantis");
                    cities.put("42", "Atlantis");
                    throw new IllegalStateException("not there");
                }))
                .hasMessage("not there");
        assertThat(cities.getIfPresent("42")).isEqualTo("Ulm");
        cache.close();
    }
}
