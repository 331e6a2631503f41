package io.perfkit.monitoring;

import org.jspecify.annotations.Nullable;

/**
 * A query as its fingerprint. Got from {@link QueryRecorder#query} and handed back to it; may be kept as long as a prepared
 * statement lives. Thread-safe.
 */
public final class Query {
    private final SqlText text;
    private final PerformanceMonitor monitor;
    /** Of a call of another service. */
    final @Nullable Timing timing;

    private volatile @Nullable QueryFigures figures;
    private volatile boolean dropped;

    Query(SqlText text, PerformanceMonitor monitor) {
        this(text, monitor, null);
    }

    Query(SqlText text, PerformanceMonitor monitor, @Nullable Timing timing) {
        this.text = text;
        this.monitor = monitor;
        this.timing = timing;
    }

    /**
     * The text with its values folded away. Two queries that differ in a long list of columns alone end in a tag that
     * tells them apart.
     *
     * @return at most 2,000 characters
     */
    public String fingerprint() {
        return text.display();
    }

    SqlText text() {
        return text;
    }

    QueryFigures figures() {
        QueryFigures present = figures;
        return present != null ? present : firstFigures();
    }

    private synchronized QueryFigures firstFigures() {
        QueryFigures present = figures;
        if (present == null) {
            present = new QueryFigures(monitor);
            figures = present;
        }
        return present;
    }

    long weight() {
        QueryFigures present = figures;
        return present == null ? 0 : present.nanos();
    }

    boolean isDropped() {
        return dropped;
    }

    /** A text that is remembered keeps its query, but not what was seen of it. */
    synchronized void dropInto(Query other) {
        dropped = true;
        QueryFigures present = figures;
        if (present != null) {
            other.figures().add(present);
            figures = null;
        }
    }

    QueryStats snapshot() {
        return figures().snapshot(fingerprint());
    }

    @Override
    public String toString() {
        return fingerprint();
    }
}
