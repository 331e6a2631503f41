package io.perfkit.monitoring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The queries by identity, with a bound; kept are the heaviest by total time, not the first that came.
 *
 * <p>Every new query is let in. When there are twice as many as are to be kept, the lighter half goes: its figures are
 * added to {@code _other} and counted. So a query is judged after it had the time in which as many others came as the
 * table holds, and whoever is among the heaviest stays, however many come and go. A query that went and is executed again
 * comes in anew. Sorting is paid once per so many newcomers: amortized logarithmic for a new query, nothing for a known
 * one.
 */
final class QueryTable {
    private final ConcurrentHashMap<SqlText.Identity, Query> byIdentity = new ConcurrentHashMap<>();
    private final int maximum;
    private final Function<SqlText, Query> create;
    private final Query other;
    private final Counter folded;

    QueryTable(int maximum, Function<SqlText, Query> create, MeterRegistry registry) {
        this.maximum = maximum;
        this.create = create;
        this.other = create.apply(new SqlText(new SqlText.Identity(0, 0), TimingTable.OTHER, SqlText.Shape.OTHER));
        this.folded = Counter.builder("perfkit.queries.folded")
                .description("Fingerprints folded into _other because heavier ones were kept")
                .register(registry);
    }

    Query admit(SqlText text) {
        Query present = byIdentity.get(text.identity());
        if (present != null) {
            return present;
        }
        Query admitted = byIdentity.computeIfAbsent(text.identity(), identity -> create.apply(text));
        if (byIdentity.size() > 2 * maximum) {
            dropTheLighterHalf(admitted);
        }
        return admitted;
    }

    /** The query under which to count: itself, or its successor where it has been dropped meanwhile. */
    Query live(Query query) {
        return query.isDropped() && query != other ? admit(query.text()) : query;
    }

    private synchronized void dropTheLighterHalf(Query newest) {
        List<Query> all = new ArrayList<>(byIdentity.values());
        if (all.size() <= 2 * maximum) {
            return;
        }
        List<Weighed> weighed = new ArrayList<>(all.size());
        all.forEach(query -> weighed.add(new Weighed(query, query == newest ? Long.MAX_VALUE : query.weight())));
        weighed.sort(Comparator.comparingLong(Weighed::weight).reversed());
        for (Weighed each : weighed.subList(maximum, weighed.size())) {
            byIdentity.remove(each.query.text().identity(), each.query);
            each.query.dropInto(other);
            folded.increment();
        }
    }

    /** The heaviest first, then what is below the bound or has been dropped, as one. */
    List<QueryStats> snapshots() {
        List<QueryStats> all = byIdentity.values().stream()
                .map(Query::snapshot)
                .filter(snapshot -> snapshot.count() > 0)
                .sorted(Comparator.comparing(QueryStats::totalTime).reversed().thenComparing(QueryStats::fingerprint))
                .toList();
        QueryStats rest = other.snapshot();
        for (QueryStats below : all.subList(Math.min(maximum, all.size()), all.size())) {
            rest = rest.plus(below);
        }
        List<QueryStats> named = new ArrayList<>(all.subList(0, Math.min(maximum, all.size())));
        if (rest.count() > 0) {
            named.add(rest);
        }
        named.sort(Comparator.comparing(QueryStats::totalTime).reversed().thenComparing(QueryStats::fingerprint));
        return List.copyOf(named);
    }

    private record Weighed(Query query, long weight) {}
}
