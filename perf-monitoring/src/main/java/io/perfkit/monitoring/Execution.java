package io.perfkit.monitoring;

import io.micrometer.observation.Observation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is being asked of a database or of another service, from {@code begin} to {@code end} of the
 * {@link QueryRecorder} or the {@link OutboundRecorder}: a query, the wait for a connection, the end of a transaction, or a
 * call. Belongs to one thread at a time.
 */
public final class Execution {
    enum Kind {
        QUERY,
        ACQUIRE,
        COMMIT,
        ROLLBACK,
        /** Of another service. */
        CALL;

        boolean endsTransaction() {
            return this == COMMIT || this == ROLLBACK;
        }
    }

    static final int NOT_IN_FLIGHT = -1;

    final QueryRecorder recorder;
    final Kind kind;
    final Query query;
    final String dataSource;
    final int batchSize;
    final @Nullable RequestScope scope;
    final Thread thread = Thread.currentThread();
    final long startNanos;
    /** Whether it stands within another of the same recorder, which counts it. */
    final boolean inner;

    /** What was under way on this thread when it began; of another recorder, or ended elsewhere. */
    @Nullable
    Execution enclosing;

    @Nullable
    Observation observation;

    int slot = NOT_IN_FLIGHT;
    int parameters;
    boolean piecewise;
    private @Nullable List<String> chain;
    private long executeNanos;
    private long fetchNanos;
    private long rows;
    private long toldNanos;
    private volatile boolean ended;
    volatile boolean reportedInFlight;

    Execution(
            QueryRecorder recorder,
            Kind kind,
            Query query,
            String dataSource,
            int batchSize,
            @Nullable RequestScope scope,
            boolean inner) {
        this.recorder = recorder;
        this.kind = kind;
        this.query = query;
        this.dataSource = dataSource;
        this.batchSize = batchSize;
        this.scope = scope;
        this.inner = inner;
        this.startNanos = recorder.nanoTime();
    }

    /**
     * What is executed.
     *
     * @return the query; for the wait for a connection, the end of a transaction and a call, one of that name
     */
    public Query query() {
        return query;
    }

    /**
     * Says which values the query is executed with, so that findings can tell the same row asked for again from another
     * one. Only equality matters; nothing of the value can be found out from it.
     *
     * @param hash a hash over the values, or over the text where they stand in it
     */
    public void parameters(int hash) {
        this.parameters = hash;
    }

    /**
     * Says that the caller reads the result in pieces of a size that he chose, so that many rows are no finding.
     */
    public void piecewise() {
        this.piecewise = true;
    }

    /** The lines of the application on this stack, walked once. */
    List<String> chain(Stacks stacks) {
        List<String> known = chain;
        if (known == null) {
            known = stacks.chain();
            chain = known;
        }
        return known;
    }

    boolean isCall() {
        return kind == Kind.CALL;
    }

    boolean isEnded() {
        return ended;
    }

    /** Whether this call ended it. */
    boolean endedAfter(long nanos) {
        if (ended) {
            return false;
        }
        ended = true;
        executeNanos = nanos;
        return true;
    }

    void fetched(long moreRows, long nanos) {
        rows += moreRows;
        fetchNanos += nanos;
    }

    long rows() {
        return rows;
    }

    long executeNanos() {
        return executeNanos;
    }

    long fetchNanos() {
        return fetchNanos;
    }

    long totalNanos() {
        return executeNanos + fetchNanos;
    }

    /** What it had taken when it was told as slow the last time; 0 where it was not. */
    long toldNanos() {
        return toldNanos;
    }

    void told(long totalNanos) {
        toldNanos = totalNanos;
    }

    Duration elapsed(long nowNanos) {
        return Duration.ofNanos(Math.max(0, nowNanos - startNanos));
    }
}
