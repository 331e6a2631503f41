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
 * As {@link DeepPageMixed}, with a leading column of three values. A range on it, which {@code raw-jdbc-leading-range}
 * has, still reads every row of the value that the page is in; {@code ours} unites ranges of all columns.
 */
@Line("pagination.deep_page.mixed_low_cardinality")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class DeepPageMixedLowCardinality {

    private static final String LEADING_RANGE = "select id, created_at, amount, status from tx where status >= ? and "
            + "(status > ? or created_at < ? or (created_at = ? and id > ?)) "
            + "order by status, created_at desc, id limit ?";

    @Benchmark
    @Side(Side.OURS)
    public Object ours(LedgerClient client) {
        return client.few.fetch(
                Ledger.select(client.dsl), CursorRequest.first(Ledger.PAGE).after(client.fewPlace.token()));
    }

    @Benchmark
    @Side("raw-jdbc-leading-range")
    public List<Ledger.Tx> rawJdbcLeadingRange(LedgerClient client) throws SQLException {
        Place place = client.fewPlace;
        try (PreparedStatement statement = client.connection.prepareStatement(LEADING_RANGE)) {
            statement.setString(1, place.status());
            statement.setString(2, place.status());
            statement.setObject(3, place.time());
            statement.setObject(4, place.time());
            statement.setLong(5, place.id());
            statement.setInt(6, Ledger.PAGE);
            return Ledger.read(statement);
        }
    }
}
