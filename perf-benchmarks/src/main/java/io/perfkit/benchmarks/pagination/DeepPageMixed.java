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
 * As {@link DeepPageUniform}, with the newest instant first and the smallest identifier first within it, which no row
 * value can express. {@code raw-jdbc-leading-range} is the best known condition written by hand: a range on the leading
 * column, then the exact condition.
 */
@Line("pagination.deep_page.mixed")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class DeepPageMixed {

    private static final String LEADING_RANGE = "select id, created_at, amount, status from tx "
            + "where created_at <= ? and (created_at < ? or id > ?) order by created_at desc, id limit ?";

    @Benchmark
    @Side(Side.OURS)
    public Object ours(LedgerClient client) {
        return client.mixed.fetch(
                Ledger.select(client.dsl), CursorRequest.first(Ledger.PAGE).after(client.mixedPlace.token()));
    }

    @Benchmark
    @Side("raw-jdbc-leading-range")
    public List<Ledger.Tx> rawJdbcLeadingRange(LedgerClient client) throws SQLException {
        Place place = client.mixedPlace;
        try (PreparedStatement statement = client.connection.prepareStatement(LEADING_RANGE)) {
            statement.setObject(1, place.time());
            statement.setObject(2, place.time());
            statement.setLong(3, place.id());
            statement.setInt(4, Ledger.PAGE);
            return Ledger.read(statement);
        }
    }

    @Benchmark
    @Side("jooq-seek")
    public Object jooqSeek(LedgerClient client) {
        Place place = client.mixedPlace;
        return Ledger.select(client.dsl)
                .orderBy(Ledger.CREATED_AT.desc(), Ledger.ID.asc())
                .seek(place.time(), place.id())
                .limit(Ledger.PAGE)
                .fetch();
    }
}
