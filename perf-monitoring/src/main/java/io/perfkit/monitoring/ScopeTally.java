package io.perfkit.monitoring;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What one scope asked of databases and of other services. Thread-safe. */
final class ScopeTally {
    private static final int MOST_QUERIES = 1_000;

    private final Stacks stacks;
    private final boolean inTest;
    private final DatabaseTotals totals = new DatabaseTotals();
    private final AtomicLong rowsFetched = new AtomicLong();
    private final AtomicLong rowsAffected = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong callNanos = new AtomicLong();
    private final Map<SqlText.Identity, QueryTally> queries = new LinkedHashMap<>(4);
    private @Nullable QueryTally latest;
    private volatile boolean silenced;

    ScopeTally(Stacks stacks, boolean inTest) {
        this.stacks = stacks;
        this.inTest = inTest;
    }

    /** A call, which may end where no line of the application is on the stack. */
    void began(Execution execution) {
        QueryTally tally = of(execution.query, true);
        if (tally != null) {
            tally.began(execution, stacks);
        }
    }

    void ended(Execution execution, boolean error) {
        long nanos = execution.executeNanos();
        switch (execution.kind) {
            case ACQUIRE -> totals.acquired(nanos);
            case COMMIT, ROLLBACK -> totals.transactionEnded(nanos);
            case CALL -> {
                calls.incrementAndGet();
                callNanos.addAndGet(nanos);
                QueryTally tally = of(execution.query, false);
                if (tally != null) {
                    tally.callEnded(execution);
                }
            }
            default -> {
                totals.query(nanos);
                if (error) {
                    failures.incrementAndGet();
                }
                QueryTally tally = of(execution.query, true);
                if (tally != null) {
                    tally.ended(execution, stacks);
                }
            }
        }
    }

    private @Nullable QueryTally of(Query query, boolean create) {
        synchronized (queries) {
            QueryTally tally = latest;
            if (tally != null && tally.query == query) {
                return tally;
            }
            tally = queries.get(query.text().identity());
            if (tally == null && create && queries.size() < MOST_QUERIES) {
                tally = new QueryTally(query, inTest);
                queries.put(query.text().identity(), tally);
            }
            if (tally != null) {
                latest = tally;
            }
            return tally;
        }
    }

    void fetched(Execution execution, long rows, long nanos) {
        rowsFetched.addAndGet(rows);
        if (nanos > 0) {
            totals.fetched(nanos);
        }
        QueryTally tally = of(execution.query, false);
        if (tally != null) {
            tally.fetched(execution, rows, nanos, stacks);
        }
    }

    void affected(long rows) {
        rowsAffected.addAndGet(rows);
    }

    void silence() {
        silenced = true;
    }

    long queries() {
        return totals.queries();
    }

    DatabaseTimes times() {
        return totals.times();
    }

    DatabaseTotals totals() {
        return totals;
    }

    long rowsFetched() {
        return rowsFetched.get();
    }

    long rowsAffected() {
        return rowsAffected.get();
    }

    long calls() {
        return calls.get();
    }

    long callNanos() {
        return callNanos.get();
    }

    long failures() {
        return failures.get();
    }

    List<ScopeQuery> breakdown() {
        return copy().stream()
                .filter(tally -> tally.query.text().shape() != SqlText.Shape.CALL)
                .map(QueryTally::snapshot)
                .toList();
    }

    List<Finding> findings(String scope, int loop) {
        if (silenced) {
            return List.of();
        }
        List<Finding> found = new ArrayList<>();
        copy().forEach(tally -> found.addAll(Findings.of(tally.view(), scope, loop)));
        found.sort(Comparator.comparing(Finding::totalTime).reversed());
        return found;
    }

    private List<QueryTally> copy() {
        synchronized (queries) {
            return List.copyOf(queries.values());
        }
    }
}
