package io.perfkit.benchmarks.pagination;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.benchmarks.pagination.LedgerClient.Place;
import io.perfkit.pagination.CursorRequest;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/**
 * As {@link DeepPageUniform}, by a column that is null in every fourth row. {@code jooq-seek} states NULLS LAST, without
 * which it would lose those rows.
 */
@Line("pagination.deep_page.nullable")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class DeepPageNullable {

    @Benchmark
    @Side(Side.OURS)
    public Object ours(LedgerClient client) {
        return client.nullable.fetch(
                Ledger.settled(client.dsl), CursorRequest.first(Ledger.PAGE).after(client.nullablePlace.token()));
    }

    @Benchmark
    @Side("jooq-seek")
    public Object jooqSeek(LedgerClient client) {
        Place place = client.nullablePlace;
        return Ledger.settled(client.dsl)
                .orderBy(Ledger.SETTLED_AT.desc().nullsLast(), Ledger.ID.desc())
                .seek(place.time(), place.id())
                .limit(Ledger.PAGE)
                .fetch();
    }
}
