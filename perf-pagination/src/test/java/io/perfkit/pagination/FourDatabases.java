package io.perfkit.pagination;

import io.perfkit.testkit.MariaDbServer;
import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** An empty database of each kind that is part of the contract; MariaDB where there are binaries of it. */
final class FourDatabases {

    private FourDatabases() {}

    interface Check {
        void on(DSLContext dsl) throws SQLException;
    }

    static void each(Check check) throws SQLException {
        run("jdbc:h2:mem:;DATABASE_TO_LOWER=TRUE", SQLDialect.H2, check);
        run("jdbc:sqlite::memory:", SQLDialect.SQLITE, check);
        PostgresServer postgres = PostgresServer.shared();
        run(postgres.jdbcUrl(postgres.createDatabase()), SQLDialect.POSTGRES, check);
        if (MariaDbServer.isAvailable()) {
            MariaDbServer mariaDb = MariaDbServer.shared();
            run(mariaDb.jdbcUrl(mariaDb.createDatabase()), SQLDialect.MARIADB, check);
        }
    }

    private static void run(String url, SQLDialect dialect, Check check) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            check.on(DSL.using(connection, dialect));
        }
    }
}
