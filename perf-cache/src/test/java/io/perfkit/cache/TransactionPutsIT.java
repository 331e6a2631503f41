package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.RedisServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two transactions of PostgreSQL that change one row, one after the other, where the cache hears of the first commit after
 * the second: what the first one put or loaded is old by then.
 */
@Timeout(60)
class TransactionPutsIT {

    private final Nodes nodes = new Nodes();
    private final List<Connection> connections = new ArrayList<>();
    private DataSource dataSource;
    private JdbcTransactions first;
    private JdbcTransactions second;
    private DeafTier deaf;
    private CacheRegion<String> region;
    private CacheRegion<String> other;

    @BeforeEach
    void prepare() throws SQLException {
        PostgresServer postgres = PostgresServer.shared();
        dataSource = postgres.dataSource(postgres.createDatabase());
        execute(connect(), "create table city (id text primary key, name text)");
        execute(connections.get(0), "insert into city values ('1', 'old'), ('2', 'old')");
        first = new JdbcTransactions(this::connect);
        second = new JdbcTransactions(this::connect);
        // Of the first one's node, the log is read only by who asks.
        deaf = new DeafTier(RedisServer.shared());
        nodes.alsoClose(deaf);
        region = region(builder -> builder.transactions(first).shared(deaf));
        other = region(builder -> builder.transactions(second));
    }

    @AfterEach
    void close() throws SQLException {
        nodes.close();
        for (Connection each : connections) {
            each.close();
        }
    }

    private CacheRegion<String> region(UnaryOperator<PerfCache.Builder> settings) {
        PerfCache cache = nodes.node("127.0.0.1", RedisServer.shared().port(), settings);
        return Nodes.ready(cache.region("city", String.class, CachePolicy.of(Duration.ofHours(1))));
    }

    private Connection connect() {
        try {
            Connection opened = dataSource.getConnection();
            connections.add(opened);
            return opened;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void execute(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String select(Connection connection, String id) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select name from city where id = '" + id + "'")) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void rename(JdbcTransactions transactions, String name) {
        execute(transactions.connection(), "update city set name = '" + name + "' where id = '1'");
    }

    private Map<String, Consumer<CacheRegion<String>>> changes() {
        Map<String, Consumer<CacheRegion<String>>> changes = new LinkedHashMap<>();
        changes.put("key", r -> r.invalidate("1"));
        changes.put("put", r -> r.put("1", "newer"));
        changes.put("pattern", r -> r.invalidatePattern("?"));
        changes.put("clear", CacheRegion::clear);
        changes.put("expire", r -> r.expire("1"));
        changes.put("expirePattern", r -> r.expirePattern("?"));
        return changes;
    }

    /** The second transaction, on a node, from its beginning to its acknowledgement. */
    private void second(CacheRegion<String> on, JdbcTransactions transactions, Consumer<CacheRegion<String>> change) {
        transactions.begin();
        rename(transactions, "newer");
        Acknowledgement[] issued = {null};
        change.accept(on);
        issued[0] = on.invalidate("unrelated");
        transactions.commit();
        assertThat(issued[0].await(Duration.ofSeconds(10))).isTrue();
    }

    private void assertNotOld(String name, Supplier<String> value) {
        assertThat(value.get()).as(name).isIn(null, "newer");
    }

    @Test
    void put_heardOfAfterALaterChangeOnAnotherNode_isAnInvalidation() {
        changes().forEach((name, change) -> {
            first.begin();
            rename(first, "older");
            Acknowledgement put = region.put("1", "older");
            first.commitUnheard();
            second(other, second, change);
            first.commit();
            assertThat(put.await(Duration.ofSeconds(10))).isTrue();
            Nodes.awaitApplied(other, put);

            assertNotOld(name + ", there", () -> other.getIfPresent("1"));
            assertNotOld(name + ", here", () -> region.getIfPresent("1"));
        });
    }

    @Test
    void put_heardOfAfterALaterChangeOnThisNode_isAnInvalidation() {
        changes().forEach((name, change) -> {
            first.begin();
            rename(first, "older");
            Acknowledgement put = region.put("1", "older");
            first.commitUnheard();
            CompletableFuture.runAsync(() -> second(region, first, change)).join();
            first.commit();
            assertThat(put.await(Duration.ofSeconds(10))).isTrue();
            Nodes.awaitApplied(other, put);

            assertNotOld(name + ", there", () -> other.getIfPresent("1"));
            assertNotOld(name + ", here", () -> region.getIfPresent("1"));
        });
    }

    /** Whether a later transaction has overtaken the put is known from the log; where that cannot be read, nobody knows. */
    @Test
    void put_whoseLogCannotBeRead_isAnInvalidation() {
        first.begin();
        rename(first, "older");
        Acknowledgement put = region.put("1", "older");
        first.commitUnheard();
        second(other, second, r -> r.invalidate("1"));
        deaf.blind();
        first.commit();
        assertThat(put.await(Duration.ofSeconds(10))).isTrue();
        Nodes.awaitApplied(other, put);

        assertNotOld("there", () -> other.getIfPresent("1"));
    }

    @Test
    void put_whereEntriesAreNotOrderedWithEvents_isAnInvalidation() {
        deaf.loose();
        first.begin();
        rename(first, "mine");
        Acknowledgement put = region.put("1", "mine");
        first.commit();
        assertThat(put.await(Duration.ofSeconds(10))).isTrue();
        Nodes.awaitApplied(other, put);

        assertThat(other.getIfPresent("1")).isNull();
        assertThat(region.getIfPresent("1")).isEqualTo("mine");
    }

    @Test
    void puts_thatNobodyCrosses_areThereOnEveryNode() {
        Map<String, String> many = new LinkedHashMap<>();
        for (int i = 0; i < 300; i++) {
            many.put("many" + i, "value");
        }
        second(other, second, r -> r.invalidate("2"));
        first.begin();
        rename(first, "mine");
        region.invalidatePattern("1");
        region.put("1", "mine");
        Acknowledgement put = region.putAll(many);
        first.commit();
        assertThat(put.await(Duration.ofSeconds(10))).isTrue();

        assertThat(region.getIfPresent("1")).isEqualTo("mine");
        assertThat(other.getIfPresent("1")).isEqualTo("mine");
        assertThat(many.keySet()).allMatch(key -> "value".equals(region.getIfPresent(key)));
        assertThat(many.keySet()).allMatch(key -> "value".equals(other.getIfPresent(key)));
    }

    @Test
    void load_heardOfAfterALaterChange_isStoredNowhere() {
        for (boolean here : new boolean[] {false, true}) {
            changes().forEach((name, change) -> {
                other.clear().await(Duration.ofSeconds(10));
                first.begin();
                rename(first, "older");
                Connection mine = first.connection();
                String loaded = region.getOrSet("1", key -> select(mine, key));
                assertThat(loaded).isIn("older", "newer");
                region.getOrSetAll(List.of("1"), keys -> Map.of("1", select(mine, "1")));
                first.commitUnheard();
                if (here) {
                    CompletableFuture.runAsync(() -> second(region, first, change))
                            .join();
                } else {
                    second(other, second, change);
                }
                first.commit();

                assertNotOld(
                        name + ", there, after the second " + (here ? "here" : "there"), () -> other.getIfPresent("1"));
            });
        }
    }
}
