package io.perfkit.benchmarks.pagination;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.benchmarks.pagination.LedgerClient.Place;
import io.perfkit.pagination.CursorRequest;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/**
 * The page of 50 rows that follows one million rows, newest first, on a PostgreSQL with two million rows and the matching
 * index. Every side sends its statement to the same server and reads the same rows.
 *
 * <p>{@code ours} begins with the text of a signed cursor and ends with the rows, whether there are more of them, and the
 * cursors of both neighbours. The peers begin with the two values of the last row and end with the rows: {@code raw-jdbc}
 * is the row-value condition written by hand, {@code jooq-seek} jOOQ's {@code seek}, {@code
 * blaze-persistence} its {@code afterKeyset} over Hibernate, {@code offset} what most applications do. None of the peers looks back to see whether there is an earlier page, so {@code ours} does not either; with that
 * second query, which is the paginator's default, it is {@code perfkit-with-probe}, for the record.
 */
@Line("pagination.deep_page.uniform")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class DeepPageUniform {

    private static final String ROW_VALUE = "select id, created_at, amount, status from tx "
            + "where (created_at, id) < (?, ?) order by created_at desc, id desc limit ?";
    private static final String OFFSET =
            "select id, created_at, amount, status from tx " + "order by created_at desc, id desc offset ? limit ?";

    @Benchmark
    @Side(Side.OURS)
    public Object ours(LedgerClient client) {
        return client.uniform.fetch(
                Ledger.select(client.dsl), CursorRequest.first(Ledger.PAGE).after(client.uniformPlace.token()));
    }

    @Benchmark
    @Side("perfkit-with-probe")
    public Object perfkitWithProbe(LedgerClient client) {
        return client.uniformWithProbe.fetch(
                Ledger.select(client.dsl), CursorRequest.first(Ledger.PAGE).after(client.uniformPlace.token()));
    }

    @Benchmark
    @Side("raw-jdbc")
    public List<Ledger.Tx> rawJdbc(LedgerClient client) throws SQLException {
        Place place = client.uniformPlace;
        try (PreparedStatement statement = client.connection.prepareStatement(ROW_VALUE)) {
            statement.setObject(1, place.time());
            statement.setLong(2, place.id());
            statement.setInt(3, Ledger.PAGE);
            return Ledger.read(statement);
        }
    }

    @Benchmark
    @Side("jooq-seek")
    public Object jooqSeek(LedgerClient client) {
        Place place = client.uniformPlace;
        return Ledger.select(client.dsl)
                .orderBy(Ledger.CREATED_AT.desc(), Ledger.ID.desc())
                .seek(place.time(), place.id())
                .limit(Ledger.PAGE)
                .fetch();
    }

    @Benchmark
    @Side("blaze-persistence")
    public Object blazePersistence(BlazeClient blaze) {
        return blaze.page();
    }

    @Benchmark
    @Side("offset")
    public List<Ledger.Tx> offset(LedgerClient client) throws SQLException {
        try (PreparedStatement statement = client.connection.prepareStatement(OFFSET)) {
            statement.setInt(1, Ledger.DEPTH);
            statement.setInt(2, Ledger.PAGE);
            return Ledger.read(statement);
        }
    }
}
