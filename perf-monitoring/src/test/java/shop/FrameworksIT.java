package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import io.perfkit.testkit.PostgresServer;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;
import org.hibernate.ScrollMode;
import org.hibernate.ScrollableResults;
import org.hibernate.SessionFactory;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

/**
 * Hibernate and jOOQ over a pool of PostgreSQL see the same whether it is monitored or not: results, keys, numbers of rows,
 * metadata, exceptions.
 */
class FrameworksIT {
    private final PerformanceMonitor monitor =
            PerformanceMonitor.builder(new SimpleMeterRegistry()).build();

    /** What a program observes over the plain pool and over the monitored one, each in a database of its own. */
    private void sameOverBoth(Function<DataSource, List<Object>> program) {
        List<Object> plain = over(false, program);
        List<Object> monitored = over(true, program);
        assertThat(plain).hasSizeGreaterThan(5);
        assertThat(monitored).isEqualTo(plain);
    }

    private List<Object> over(boolean monitored, Function<DataSource, List<Object>> program) {
        PostgresServer server = PostgresServer.shared();
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setDataSource(server.dataSource(server.createDatabase()));
            pool.setMaximumPoolSize(3);
            return program.apply(monitored ? MonitoredDataSource.wrap(pool, monitor) : pool);
        }
    }

    private static String stateOf(Throwable thrown) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (each instanceof SQLException sql) {
                return thrown.getClass().getName() + " " + sql.getSQLState();
            }
        }
        return String.valueOf(thrown);
    }

    @Test
    void hibernate_overAMonitoredPool_observesTheSame() {
        sameOverBoth(FrameworksIT::hibernate);
        assertThat(monitor.queries()).isNotEmpty();
        assertThat(monitor.meterRegistry()
                        .get("perfkit.transactions")
                        .tag("outcome", "COMMIT")
                        .timer()
                        .count())
                .isPositive();
    }

    private static List<Object> hibernate(DataSource dataSource) {
        List<Object> seen = new ArrayList<>();
        try (SessionFactory sessions = Clinic.open(dataSource)) {
            Clinic.fill(sessions, 20);
            sessions.inTransaction(session -> {
                seen.add(session.createSelectionQuery("select count(*) from Animal", Long.class)
                        .getSingleResult());
                seen.add(session.createSelectionQuery(
                                "select a.name from Animal a join a.owner o where o.id < 5 order by a.id", String.class)
                        .list());
                seen.add(session.createNativeQuery("select cast(array[1, 2] as text)", String.class)
                        .getSingleResult());
                seen.add(session.find(Clinic.Owner.class, 3).getAnimals().size());
                seen.add(session.createMutationQuery("update Owner set name = 'x' where id > 15")
                        .executeUpdate());
                Clinic.Visit visit = new Clinic.Visit();
                session.persist(visit);
                seen.add(visit.id);
            });
            sessions.inTransaction(session -> {
                session.setJdbcBatchSize(10);
                for (int i = 0; i < 25; i++) {
                    session.persist(new Clinic.Visit());
                }
            });
            sessions.inSession(session -> {
                int rows = 0;
                try (ScrollableResults<Clinic.Visit> visits = session.createSelectionQuery(
                                "from Visit order by id", Clinic.Visit.class)
                        .setFetchSize(5)
                        .scroll(ScrollMode.SCROLL_INSENSITIVE)) {
                    while (visits.next()) {
                        rows++;
                    }
                    seen.add(visits.first());
                    seen.add(visits.last());
                }
                seen.add(rows);
            });
            seen.add(stateOf(catchThrowable(() -> sessions.inTransaction(session -> {
                Clinic.Owner again = new Clinic.Owner();
                again.id = 1;
                session.persist(again);
                session.flush();
            }))));
            seen.add(
                    catchThrowable(() -> sessions.inTransaction(session -> {
                                session.createNativeQuery("select no_such_column", Object.class)
                                        .list();
                            }))
                            instanceof PersistenceException);
            sessions.inSession(session -> session.doWork(connection -> {
                seen.add(connection.getMetaData().getDatabaseProductName());
                seen.add(connection.isWrapperFor(org.postgresql.PGConnection.class));
                seen.add(connection.createStatement().getConnection() == connection);
            }));
        }
        return seen;
    }

    @Test
    void jooq_overAMonitoredPool_observesTheSame() {
        sameOverBoth(FrameworksIT::jooq);
        assertThat(monitor.queries()).isNotEmpty();
    }

    private static List<Object> jooq(DataSource dataSource) {
        List<Object> seen = new ArrayList<>();
        DSLContext dsl = DSL.using(dataSource, SQLDialect.POSTGRES);
        dsl.execute("create table item (id serial primary key, name text unique, tags int[])");
        seen.add(dsl.insertInto(table("item"), field("name"), field("tags", Integer[].class))
                .values("a", new Integer[] {1, 2})
                .values("b", null)
                .returning(field("id", Integer.class))
                .fetch(field("id", Integer.class)));
        seen.add(Arrays.toString(dsl.batch(
                        dsl.query("insert into item (name) values ('c')"),
                        dsl.query("insert into item (name) values ('d')"))
                .execute()));
        seen.add(dsl.fetch("select * from item order by id").formatCSV());
        seen.add(dsl.update(table("item"))
                .set(field("name", String.class), field("name || 'x'", String.class))
                .execute());
        seen.add(dsl.transactionResult(nested -> {
            nested.dsl().execute("delete from item where id = 1");
            return nested.dsl().fetchCount(table("item"));
        }));
        seen.add(stateOf(catchThrowable(() -> dsl.transaction(nested -> {
            nested.dsl().execute("delete from item");
            nested.dsl().execute("insert into item (name) values ('e'), ('e')");
        }))));
        seen.add(dsl.fetchCount(table("item")));
        try (Cursor<Record> rows =
                dsl.resultQuery("select generate_series(1, 50) n").fetchSize(7).fetchLazy()) {
            seen.add(rows.fetchNext(20).size());
            seen.add(rows.stream().count());
        }
        seen.add(catchThrowable(() -> dsl.fetch("select nothing from nowhere")) instanceof DataAccessException);
        seen.add(dsl.meta().getTables(name("item")).size());
        seen.add(dsl.fetchMany("select 1; select 2").size());
        return seen;
    }

    @Test
    void requestOverBoth_countsEachStatementOnce() {
        over(true, dataSource -> {
            DSLContext dsl = DSL.using(dataSource, SQLDialect.POSTGRES);
            try (RequestScope request = monitor.openScope("GET /items")) {
                dsl.fetch("select 1");
                dsl.transaction(nested -> nested.dsl().fetch("select 2"));
                assertThat(request.queries()).isEqualTo(2);
                assertThat(request.rowsFetched()).isEqualTo(2);
                assertThat(request.databaseTimes().transaction()).isPositive();
            }
            return List.of();
        });
    }
}
