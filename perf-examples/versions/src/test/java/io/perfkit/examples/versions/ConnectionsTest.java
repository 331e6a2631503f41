package io.perfkit.examples.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import io.perfkit.connections.jdbc.BoundedDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** perf-connections over HikariCP: the bound holds, and what was borrowed comes back. */
class ConnectionsTest {

    @Test
    void boundOverHikari_holds() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:mem:versions-connections");
        try (BoundedDataSource pool = BoundedDataSource.hikari("main", config)
                .size(2)
                .overflow(0)
                .acquireTimeout(Duration.ofMillis(50))
                .build()) {
            try (Connection first = pool.getConnection();
                    Connection second = pool.getConnection()) {
                assertThat(first.isValid(1) && second.isValid(1)).isTrue();
                assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
            }
            try (Connection again = pool.getConnection()) {
                assertThat(again.isValid(1)).isTrue();
            }
        }
    }
}
