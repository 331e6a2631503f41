package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.testkit.time.ManualClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which server a connection goes to; the databases tell nothing of their logs here. */
class ReplicaRoutingTest {
    private final ManualClock clock = new ManualClock();
    private final FakeDatabase primary = new FakeDatabase();
    private final FakeDatabase one = new FakeDatabase();
    private final FakeDatabase two = new FakeDatabase();
    private String user = "ann";
    private ReplicaRouting routing;

    @BeforeEach
    void build() {
        one.readOnlyServer = true;
        two.readOnlyServer = true;
        routing = ReplicaRouting.primary(primary.dataSource())
                .replicas(one.dataSource(), two.dataSource())
                .readYourWrites(Duration.ofSeconds(2))
                .caller(() -> user)
                .ticker(clock::nanoTime)
                .build();
    }

    private void read() throws SQLException {
        try (Connection connection = routing.getConnection()) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            connection.prepareStatement("select 1").execute();
            connection.commit();
        }
    }

    private void write() throws SQLException {
        try (Connection connection = routing.getConnection()) {
            connection.createStatement().execute("insert");
        }
    }

    private int[] opened() {
        return new int[] {primary.opened.size(), one.opened.size(), two.opened.size()};
    }

    @Test
    void getConnection_withoutAStatement_asksNoServer() throws SQLException {
        try (Connection connection = routing.getConnection()) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            assertThat(connection.getAutoCommit()).isFalse();
            connection.commit();
            connection.rollback();
        }
        assertThat(opened()).containsExactly(0, 0, 0);
    }

    @Test
    void firstStatement_decides_andTheSettingsGoWithIt() throws SQLException {
        read();
        read();
        assertThat(opened()).containsExactly(0, 1, 1);
        assertThat(one.opened.get(0).settings).containsEntry("ReadOnly", true).containsEntry("AutoCommit", false);
        write();
        assertThat(opened()).containsExactly(1, 1, 1);
        assertThat(primary.open).hasValue(0);
        assertThat(one.open).hasValue(0);
    }

    @Test
    void getMetaData_beforeSetReadOnly_decidesNothing() throws SQLException {
        try (Connection connection = routing.getConnection()) {
            assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("Fake");
            connection.setReadOnly(true);
            connection.createStatement();
        }
        assertThat(routing.stats().toReplicas()).isEqualTo(1);
        read();
        assertThat(routing.stats().ownWrites()).as("nothing was written").isZero();
    }

    @Test
    void setReadOnlyOff_onAReplica_goesToThePrimaryForTheNextStatement() throws SQLException {
        try (Connection connection = routing.getConnection()) {
            connection.setReadOnly(true);
            connection.createStatement();
            connection.setReadOnly(false);
            assertThat(one.open).hasValue(0);
            connection.createStatement().execute("insert");
        }
        assertThat(opened()).containsExactly(1, 1, 0);
    }

    @Test
    void read_afterAWriteOfTheSameCaller_goesToThePrimaryForAWhile() throws SQLException {
        write();
        read();
        assertThat(routing.stats().ownWrites()).isEqualTo(1);
        user = "bob";
        read();
        assertThat(routing.stats().toReplicas()).isEqualTo(1);
        user = "ann";
        clock.advance(Duration.ofMillis(1_999));
        read();
        assertThat(routing.stats().ownWrites()).isEqualTo(2);
        clock.advance(Duration.ofMillis(1));
        read();
        assertThat(routing.stats().toReplicas()).isEqualTo(2);
    }

    @Test
    void read_whileOwnTransactionWrites_goesToThePrimary() throws SQLException {
        try (Connection connection = routing.getConnection()) {
            connection.createStatement().execute("insert");
            read();
            clock.advance(Duration.ofMinutes(1));
        }
        read();
        assertThat(routing.stats().ownWrites())
                .as("counted from the end of the write")
                .isEqualTo(2);
    }

    @Test
    void replicas_thatFail_arePassedOverAndComeBack() throws SQLException {
        one.refusing = true;
        for (int i = 0; i < 4; i++) {
            read();
        }
        assertThat(two.opened).hasSize(4);
        two.refusing = true;
        read();
        assertThat(routing.stats().fallbacks()).isEqualTo(1);
        one.refusing = false;
        two.refusing = false;
        read();
        assertThat(routing.stats().fallbacks()).as("not asked yet").isEqualTo(2);
        clock.advance(Duration.ofSeconds(1));
        read();
        read();
        assertThat(routing.stats().fallbacks()).isEqualTo(2);
        assertThat(one.opened).isNotEmpty();
    }

    @Test
    void primary_thatIsGone_isReplacedByTheReplicaThatTakesWrites() throws SQLException {
        write();
        primary.refusing = true;
        assertThatThrownBy(this::write).hasMessage("connection refused");
        clock.advance(Duration.ofSeconds(1));
        two.readOnlyServer = false;
        write();
        assertThat(routing.stats().promotions()).isEqualTo(1);
        assertThat(two.opened).hasSizeGreaterThanOrEqualTo(2);
        user = "bob";
        read();
        assertThat(one.opened).isNotEmpty();
    }

    @Test
    void primary_thatIsGone_andAReplicaHangs_isReplacedByTheOther_andNobodyWaitsForTheOneThatHangs() throws Exception {
        write();
        primary.refusing = true;
        one.openGate = new CountDownLatch(1);
        two.readOnlyServer = false;
        try {
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                writers.add(CompletableFuture.runAsync(() -> {
                    try {
                        write();
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    }
                }));
            }
            for (CompletableFuture<Void> writer : writers) {
                writer.get(10, TimeUnit.SECONDS);
            }
            assertThat(routing.stats().promotions()).isEqualTo(1);
        } finally {
            one.openGate.countDown();
        }
    }

    @Test
    void primary_thatIsGone_andEveryReplicaHangs_failsEachCallerWithinTheTimeOfOneSearch_andAsksNoneTwice()
            throws Exception {
        write();
        primary.refusing = true;
        one.openGate = new CountDownLatch(1);
        two.openGate = one.openGate;
        try {
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                writers.add(CompletableFuture.runAsync(() -> assertThatThrownBy(this::write)
                        .isInstanceOf(SQLException.class)
                        .hasMessage("connection refused")));
            }
            for (CompletableFuture<Void> writer : writers) {
                writer.get(10, TimeUnit.SECONDS);
            }
            clock.advance(Duration.ofSeconds(2));
            assertThatThrownBy(this::write).hasMessage("connection refused");
            assertThat(Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().equals("perfkit-search-primary")))
                    .as("threads that hang, one for each server (where they are not virtual)")
                    .hasSizeLessThanOrEqualTo(2);
        } finally {
            one.openGate.countDown();
        }
    }

    @Test
    void primary_thatHasBecomeReadOnly_isReplacedWithinASecond() throws SQLException {
        write();
        primary.readOnlyServer = true;
        one.readOnlyServer = false;
        clock.advance(Duration.ofSeconds(1));
        int before = one.opened.size();
        write();
        assertThat(one.opened.size()).isGreaterThan(before);
        assertThat(routing.stats().promotions()).isEqualTo(1);
    }

    @Test
    void close_twiceAndUseAfterwards_failsInOrder() throws SQLException {
        Connection connection = routing.getConnection();
        connection.createStatement();
        connection.close();
        connection.close();
        assertThat(connection.isClosed()).isTrue();
        assertThatThrownBy(connection::createStatement).hasMessageContaining("was closed");
        assertThat(primary.opened.get(0).closes).hasValue(1);
    }

    @Test
    void settings_outOfRange_areRejectedByName() {
        assertThatThrownBy(() -> ReplicaRouting.primary(primary.dataSource()).maximumLag(Duration.ZERO))
                .hasMessage("maximumLag must be positive, but was PT0S");
        assertThatThrownBy(() -> ReplicaRouting.primary(primary.dataSource()).readYourWrites(Duration.ofSeconds(-1)))
                .hasMessage("readYourWrites must not be negative, but was PT-1S");
    }
}
