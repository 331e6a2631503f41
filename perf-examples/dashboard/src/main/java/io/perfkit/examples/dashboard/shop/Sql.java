package io.perfkit.examples.dashboard.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The query template the application was found with: each call takes a connection, runs one statement, gives it back. */
public final class Sql {

    /** Turns the current row of a result into an object. */
    @FunctionalInterface
    public interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    private final DataSource dataSource;

    public Sql(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    public <T> List<T> list(String sql, Mapper<T> mapper, Object... arguments) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<T> list = new ArrayList<>();
                while (rows.next()) {
                    list.add(mapper.map(rows));
                }
                return list;
            }
        }
    }

    public <T> T one(String sql, Mapper<T> mapper, Object... arguments) throws SQLException {
        List<T> list = list(sql, mapper, arguments);
        if (list.size() != 1) {
            throw new SQLException("one row expected but got " + list.size() + " from " + sql);
        }
        return list.get(0);
    }
}
