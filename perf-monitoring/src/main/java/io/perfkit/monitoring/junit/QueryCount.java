package io.perfkit.monitoring.junit;

import io.perfkit.monitoring.DatabaseTimes;
import io.perfkit.monitoring.Finding;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.monitoring.ScopeQuery;
import java.util.List;

/**
 * The queries that a piece of code ran through monitored data sources, of whatever monitor. Immutable.
 *
 * <pre>{@code
 * QueryCount.of(() -> service.owners()).requireAtMost(2).requireNoNPlusOne();
 * }</pre>
 */
public final class QueryCount {
    private static final int LOOP = 3;

    private final RequestScope scope;

    private QueryCount(RequestScope scope) {
        this.scope = scope;
    }

    /**
     * Runs a piece of code on this thread and counts.
     *
     * @param body what to run; what it throws passes through
     * @param <E> what it may throw
     * @return what it ran
     * @throws E what it threw
     */
    public static <E extends Exception> QueryCount of(Body<E> body) throws E {
        try (RequestScope scope = RequestScope.openOfAllMonitors()) {
            body.run();
            return new QueryCount(scope);
        }
    }

    static QueryCount of(RequestScope scope) {
        return new QueryCount(scope);
    }

    /**
     * A piece of code.
     *
     * @param <E> what it may throw
     */
    @FunctionalInterface
    public interface Body<E extends Exception> {
        /**
         * Runs it.
         *
         * @throws E what it likes
         */
        void run() throws E;
    }

    /**
     * How many queries; a batch is one.
     *
     * @return the number
     */
    public long queries() {
        return scope.queries();
    }

    /**
     * How many rows were read.
     *
     * @return the number
     */
    public long rowsFetched() {
        return scope.rowsFetched();
    }

    /**
     * Where the time in the database went.
     *
     * @return the times
     */
    public DatabaseTimes databaseTimes() {
        return scope.databaseTimes();
    }

    /**
     * The queries, in the order of their first execution.
     *
     * @return one entry per fingerprint
     */
    public List<ScopeQuery> breakdown() {
        return scope.breakdown();
    }

    /**
     * Fails where there were more queries.
     *
     * @param most how many there may be
     * @return this
     * @throws AssertionError with the queries and where they came from
     */
    public QueryCount requireAtMost(int most) {
        if (queries() > most) {
            throw new AssertionError("Expected at most " + most + " queries, but there were " + queries() + ":" + this);
        }
        return this;
    }

    /**
     * Fails where one select was run three times or more from one place with other parameters.
     *
     * @return this
     * @throws AssertionError with the queries and where they came from
     */
    public QueryCount requireNoNPlusOne() {
        return requireNoNPlusOne(LOOP);
    }

    QueryCount requireNoNPlusOne(int from) {
        List<Finding> found = scope.findings(from).stream()
                .filter(finding -> isNPlusOne(finding, from))
                .toList();
        if (!found.isEmpty()) {
            StringBuilder message = new StringBuilder("Expected no query in a loop, but there was:");
            for (Finding finding : found) {
                message.append("\n  ").append(finding.count()).append(" x ").append(finding.subject());
                finding.chain().forEach(line -> message.append("\n      at ").append(line));
                message.append("\n      ").append(finding.fix());
            }
            throw new AssertionError(message.toString());
        }
        return this;
    }

    /** A loop over rows that share few keys is one as well, though a cache would repair it. */
    private static boolean isNPlusOne(Finding finding, int from) {
        return finding.kind() == Finding.Kind.N_PLUS_ONE
                || (finding.kind() == Finding.Kind.IDENTICAL_QUERY && finding.distinctParameters() >= from);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (ScopeQuery query : breakdown()) {
            text.append("\n  ").append(query.count()).append(" x ").append(query.fingerprint());
            text.append(" (").append(query.distinctParameters()).append(" distinct parameters, ");
            text.append(query.rows())
                    .append(" rows, ")
                    .append(query.totalTime().toMillis())
                    .append(" ms)");
            for (List<String> chain : query.chains()) {
                for (int i = 0; i < chain.size(); i++) {
                    text.append(i == 0 ? "\n      at " : "\n         ").append(chain.get(i));
                }
            }
        }
        return text.toString();
    }
}
