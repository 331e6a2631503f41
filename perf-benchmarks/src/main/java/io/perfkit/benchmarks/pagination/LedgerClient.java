package io.perfkit.benchmarks.pagination;

import io.perfkit.pagination.CursorPaginator;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.Objects;
import org.jooq.DSLContext;
import org.jooq.Record4;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One connection to the ledger, and where its client is: a million rows deep in each ordering. */
@State(Scope.Thread)
public class LedgerClient {

    Connection connection;
    DSLContext dsl;
    CursorPaginator<Record4<Long, LocalDateTime, BigDecimal, String>> uniform;
    CursorPaginator<Record4<Long, LocalDateTime, BigDecimal, String>> uniformWithProbe;
    CursorPaginator<Record4<Long, LocalDateTime, BigDecimal, String>> mixed;
    CursorPaginator<Record4<Long, LocalDateTime, BigDecimal, String>> few;
    CursorPaginator<Record4<Long, LocalDateTime, BigDecimal, LocalDateTime>> nullable;
    CursorPaginator<Record4<Long, LocalDateTime, BigDecimal, String>> stored;

    final Place uniformPlace = Place.of(LedgerFixture.UNIFORM);
    final Place deepestPlace = Place.of(LedgerFixture.DEEPEST);
    final Place mixedPlace = Place.of(LedgerFixture.MIXED);
    final Place fewPlace = Place.of(LedgerFixture.FEW);
    final Place nullablePlace = Place.of(LedgerFixture.NULLABLE);

    /**
     * The last row that the client has seen, and its cursor.
     *
     * @param token the cursor of perfkit
     * @param id the row's identifier
     * @param time the row's time, of the ordering's column
     * @param status the row's status
     */
    record Place(String token, long id, LocalDateTime time, String status) {

        static Place of(String property) {
            return new Place(
                    property(property),
                    Long.parseLong(property(property + LedgerFixture.ROW_ID)),
                    LocalDateTime.parse(property(property + LedgerFixture.ROW_TIME)),
                    property(property + LedgerFixture.ROW_STATUS));
        }
    }

    /** Connects. */
    @Setup
    public void open() throws SQLException {
        connection = Ledger.connect(property(LedgerFixture.URL));
        dsl = Ledger.dsl(connection);
        uniform = Ledger.paginator(dsl, Ledger.UNIFORM, Ledger.PAGE, false);
        uniformWithProbe = Ledger.paginator(dsl, Ledger.UNIFORM, Ledger.PAGE, true);
        mixed = Ledger.paginator(dsl, Ledger.MIXED, Ledger.PAGE, false);
        few = Ledger.paginator(dsl, Ledger.FEW, Ledger.PAGE, false);
        nullable = Ledger.paginator(dsl, Ledger.NULLABLE, Ledger.PAGE, false);
        stored = Ledger.paginator(dsl, Ledger.STORED, Ledger.PAGE, false);
    }

    /** Disconnects. */
    @TearDown
    public void close() throws SQLException {
        connection.close();
    }

    static String property(String name) {
        return Objects.requireNonNull(
                System.getProperty(name), name + " is not set: these benchmarks run through perf-benchmarks/compare");
    }
}
