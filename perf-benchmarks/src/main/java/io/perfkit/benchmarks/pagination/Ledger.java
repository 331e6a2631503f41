package io.perfkit.benchmarks.pagination;

import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.KeyRing;
import io.perfkit.pagination.Keyset;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record4;
import org.jooq.SQLDialect;
import org.jooq.SelectJoinStep;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/**
 * A table of 2,000,000 transactions with the index that each ordering wants, and what every side needs to page through it.
 * Two rows share every instant, so the second column of the keyset matters; and rows of neighbouring instants lie far apart
 * in the table, as they do for any order but that of insertion.
 */
final class Ledger {

    static final int ROWS = 2_000_000;
    static final int DEPTH = 1_000_000;

    /** Where the growth with the depth is looked at. */
    static final int DEEPEST = 1_900_000;

    static final int PAGE = 50;

    static final Table<Record> TX = DSL.table(DSL.name("tx"));
    static final Field<Long> ID = DSL.field(DSL.name("tx", "id"), SQLDataType.BIGINT.nullable(false));
    static final Field<LocalDateTime> CREATED_AT =
            DSL.field(DSL.name("tx", "created_at"), SQLDataType.LOCALDATETIME(6).nullable(false));
    static final Field<BigDecimal> AMOUNT =
            DSL.field(DSL.name("tx", "amount"), SQLDataType.NUMERIC(12, 2).nullable(false));
    static final Field<String> STATUS = DSL.field(DSL.name("tx", "status"), SQLDataType.VARCHAR.nullable(false));

    static final Field<LocalDateTime> SETTLED_AT =
            DSL.field(DSL.name("tx", "settled_at"), SQLDataType.LOCALDATETIME(6));

    /** Both columns in one direction. */
    static final Keyset UNIFORM = Keyset.by(CREATED_AT.desc(), ID.desc()).uniqueBy(ID);

    /** The columns in opposite directions. */
    static final Keyset MIXED = Keyset.by(CREATED_AT.desc(), ID.asc()).uniqueBy(ID);

    /** A leading column of three values, and the directions mixed. */
    static final Keyset FEW =
            Keyset.by(STATUS.asc(), CREATED_AT.desc(), ID.asc()).uniqueBy(ID);

    /** A leading column that is null in every fourth row. */
    static final Keyset NULLABLE =
            Keyset.by(SETTLED_AT.desc().nullsLast(), ID.desc()).uniqueBy(ID);

    /** The order of the primary key. */
    static final Keyset STORED = Keyset.by(ID.asc()).uniqueBy(ID);

    private static final KeyRing KEYS =
            KeyRing.of("benchmark", "a secret that only a benchmark uses".getBytes(StandardCharsets.UTF_8));

    private Ledger() {}

    /** A row as plain JDBC reads it. */
    record Tx(long id, LocalDateTime createdAt, BigDecimal amount, String status) {}

    /** The rows of a prepared statement; it stays the caller's to close. */
    static List<Tx> read(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            List<Tx> page = new ArrayList<>(PAGE);
            while (rows.next()) {
                page.add(new Tx(
                        rows.getLong(1),
                        rows.getObject(2, LocalDateTime.class),
                        rows.getBigDecimal(3),
                        rows.getString(4)));
            }
            return page;
        }
    }

    static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url);
    }

    static DSLContext dsl(Connection connection) {
        return DSL.using(connection, SQLDialect.POSTGRES);
    }

    static SelectJoinStep<Record4<Long, LocalDateTime, BigDecimal, String>> select(DSLContext dsl) {
        return dsl.select(ID, CREATED_AT, AMOUNT, STATUS).from(TX);
    }

    static SelectJoinStep<Record4<Long, LocalDateTime, BigDecimal, LocalDateTime>> settled(DSLContext dsl) {
        return dsl.select(ID, CREATED_AT, AMOUNT, SETTLED_AT).from(TX);
    }

    /** A paginator as an application would build it, with signed cursors. */
    static <R extends Record> CursorPaginator<R> paginator(
            DSLContext dsl, Keyset keyset, int maximumSize, boolean probeOtherEnd) {
        return CursorPaginator.over(dsl, keyset)
                .cursors(CursorCodec.signed(KEYS))
                .maximumSize(maximumSize)
                .probeOtherEnd(probeOtherEnd)
                .build();
    }

    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create unlogged table tx (id bigint not null, created_at timestamp(6) not null, "
                    + "amount numeric(12, 2) not null, status text not null, settled_at timestamp(6))");
            statement.execute(
                    "insert into tx select i, timestamp '2020-01-01' + (i * 7919 % 1000000) * interval '61 seconds', "
                            + "(i * 104729 % 1000000) / 100.0, (array['PAID', 'OPEN', 'VOID'])[1 + i % 3], "
                            + "case when i % 4 > 0 then timestamp '2020-01-02' + (i * 7907 % 1000000) * interval '61 seconds' end "
                            + "from generate_series(1::bigint, " + ROWS + ") i");
            statement.execute("alter table tx add primary key (id)");
            statement.execute("create index tx_uniform on tx (created_at, id)");
            statement.execute("create index tx_mixed on tx (created_at desc, id)");
            statement.execute("create index tx_few on tx (status, created_at desc, id)");
            statement.execute("create index tx_nullable on tx (settled_at desc nulls last, id desc)");
            statement.execute("vacuum analyze tx");
        }
    }
}
