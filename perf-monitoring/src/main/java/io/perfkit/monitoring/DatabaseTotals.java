package io.perfkit.monitoring;

import java.util.concurrent.atomic.AtomicLong;

/** What scopes asked of databases, added up. */
final class DatabaseTotals {
    private final AtomicLong queries = new AtomicLong();
    private final AtomicLong acquire = new AtomicLong();
    private final AtomicLong execute = new AtomicLong();
    private final AtomicLong fetch = new AtomicLong();
    private final AtomicLong transaction = new AtomicLong();

    void query(long nanos) {
        queries.incrementAndGet();
        execute.addAndGet(nanos);
    }

    void acquired(long nanos) {
        acquire.addAndGet(nanos);
    }

    void fetched(long nanos) {
        fetch.addAndGet(nanos);
    }

    void transactionEnded(long nanos) {
        transaction.addAndGet(nanos);
    }

    void add(ScopeTally tally) {
        add(tally.totals());
    }

    void add(DatabaseTotals that) {
        long number = that.queries.get();
        if (number > 0) {
            queries.addAndGet(number);
            execute.addAndGet(that.execute.get());
            fetch.addAndGet(that.fetch.get());
        }
        long waited = that.acquire.get();
        if (waited > 0) {
            acquire.addAndGet(waited);
        }
        long ending = that.transaction.get();
        if (ending > 0) {
            transaction.addAndGet(ending);
        }
    }

    long queries() {
        return queries.get();
    }

    DatabaseTimes times() {
        return DatabaseTimes.ofNanos(acquire.get(), execute.get(), fetch.get(), transaction.get());
    }
}
