package io.perfkit.examples.plain;

import io.perfkit.connections.ConnectionLimitException;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Registration;
import io.perfkit.connections.jdbc.BoundedDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;

/** Bounds the open sockets of one user, and the connections to one database. */
public final class ConnectionsExample {
    private ConnectionsExample() {}

    /** Stands for a WebSocket session. */
    static final class Socket {
        boolean closed;
    }

    public static void main(String[] args) throws SQLException {
        sockets();
        database();
    }

    private static void sockets() {
        ConnectionRegistry<String, Socket> sockets = ConnectionRegistry.<String, Socket>builder("dashboard")
                .maximumTotal(1_000)
                .maximumPerOwner(5)
                .idleAfter(Duration.ofMinutes(5))
                .onClose((socket, reason) -> socket.closed = true)
                .build();
        try (sockets) {
            List<Registration> open = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                open.add(sockets.register("ada", new Socket()));
            }
            String refusal = "";
            try {
                sockets.register("ada", new Socket());
            } catch (ConnectionLimitException e) {
                refusal = String.valueOf(e.getMessage());
            }
            check("the sixth socket is refused: " + refusal, !refusal.isEmpty());
            open.get(0).close();
            check(
                    "after one closed there is room again",
                    sockets.register("ada", new Socket()).isOpen());
        }
    }

    private static void database() throws SQLException {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:mem:shop");
        try (BoundedDataSource pool = BoundedDataSource.builder("main", h2)
                .size(2)
                .overflow(0)
                .acquireTimeout(Duration.ofMillis(50))
                .build()) {
            try (Connection first = pool.getConnection();
                    Connection second = pool.getConnection()) {
                String refusal = "";
                try (Connection third = pool.getConnection()) {
                    check("a third connection", third == null);
                } catch (SQLException e) {
                    refusal = String.valueOf(e.getMessage());
                }
                check("two connections work: " + (first.isValid(1) && second.isValid(1)), true);
                check(
                        "the third caller learns who holds them: "
                                + refusal.lines().findFirst().orElse(""),
                        !refusal.isEmpty());
            }
        }
    }

    private static void check(String what, boolean holds) {
        if (!holds) {
            throw new IllegalStateException("not so: " + what);
        }
        System.out.println("perf-connections: " + what);
    }
}
