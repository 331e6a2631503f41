package io.perfkit.connections.docs;

import com.zaxxer.hikari.HikariConfig;
import io.perfkit.connections.CloseReport;
import io.perfkit.connections.ConnectionLimitException;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Holder;
import io.perfkit.connections.Owner;
import io.perfkit.connections.Registration;
import io.perfkit.connections.RegistryClosedException;
import io.perfkit.connections.WhenFull;
import io.perfkit.connections.jdbc.AcquireTimeoutException;
import io.perfkit.connections.jdbc.BoundedDataSource;
import io.perfkit.connections.jdbc.ReplicaRouting;
import io.perfkit.connections.servlet.EventStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** The snippets of docs/connections.md. {@code ConnectionsDocsTest} checks that they are the same. */
final class ConnectionsDocs {
    interface Session {
        void close(int code, String reason);

        void send(String text);
    }

    private ConnectionsDocs() {}

    static ConnectionRegistry<String, Session> registry() {
        ConnectionRegistry<String, Session> sockets = ConnectionRegistry.<String, Session>builder("dashboard")
                .maximumTotal(1_000)
                .maximumPerOwner(5)
                .whenFull(WhenFull.REJECT)
                .idleAfter(Duration.ofMinutes(5))
                .onClose((session, reason) -> session.close(1001, reason.name()))
                .build();
        return sockets;
    }

    static Registration onOpen(ConnectionRegistry<String, Session> sockets, String userId, Session session) {
        try {
            Registration registration = sockets.register(userId, session);
            return registration; // onMessage: registration.touch(); onClose: registration.close()
        } catch (ConnectionLimitException | RegistryClosedException e) {
            session.close(1013, "try again later");
            throw e;
        }
    }

    static CloseReport shutDown(ConnectionRegistry<String, Session> sockets) {
        sockets.broadcast(session -> session.send("restarting"));
        CloseReport report = sockets.close(Duration.ofSeconds(20));
        return report;
    }

    static DataSource overHikari() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:postgresql://localhost/shop");

        BoundedDataSource pool = BoundedDataSource.hikari("main", config)
                .size(20)
                .overflow(10)
                .acquireTimeout(Duration.ofSeconds(5))
                .perOwner(Owner.fromMdc("tenant"), 10)
                .build();
        return pool;
    }

    static DataSource overAnyDataSource(DataSource driver) {
        DataSource pool = BoundedDataSource.builder("reports", driver).size(5).build();
        return pool;
    }

    static void whoHoldsThem(BoundedDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.isValid(1);
        } catch (AcquireTimeoutException e) {
            for (Holder holder : e.holders()) {
                System.err.println(holder.thread() + " for " + holder.heldFor());
            }
        }
    }

    static DataSource routed(DataSource primary, DataSource replicaA, DataSource replicaB) {
        DataSource routed = ReplicaRouting.primary(primary)
                .replicas(replicaA, replicaB)
                .readYourWrites(Duration.ofSeconds(2))
                .maximumLag(Duration.ofSeconds(5))
                .caller(Owner.fromMdc("user"))
                .build();
        return routed;
    }

    static ConnectionRegistry<String, EventStream> events() {
        ConnectionRegistry<String, EventStream> events = ConnectionRegistry.<String, EventStream>builder("events")
                .maximumTotal(1_000)
                .maximumPerOwner(5)
                .heartbeat(Duration.ofSeconds(15), EventStream.heartbeat())
                .onClose((stream, reason) -> stream.close())
                .build();
        return events;
    }

    static void openStream(
            ConnectionRegistry<String, EventStream> events,
            String userId,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        EventStream.open(events, userId, request, response);
    }

    static void send(ConnectionRegistry<String, EventStream> events, String json) {
        events.broadcastSized(json.length(), EventStream.event("price", json));
    }
}
