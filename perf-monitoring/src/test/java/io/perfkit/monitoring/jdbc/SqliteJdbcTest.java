package io.perfkit.monitoring.jdbc;

import java.sql.Connection;
import javax.sql.DataSource;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

class SqliteJdbcTest extends JdbcContract {

    @Override
    DataSource driver() {
        SQLiteDataSource dataSource = new SQLiteDataSource();
        dataSource.setUrl("jdbc:sqlite::memory:");
        return dataSource;
    }

    @Override
    Class<? extends Connection> driverConnection() {
        return SQLiteConnection.class;
    }

    @Override
    String identity() {
        return "id integer primary key autoincrement";
    }
}
