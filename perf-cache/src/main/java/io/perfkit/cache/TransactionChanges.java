package io.perfkit.cache;

import io.perfkit.cache.DeferredChanges.Issued;
import io.perfkit.cache.PrivateLoad.Loaded;
import io.perfkit.cache.TransactionContext.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction does to a cache, kept apart until it ends. At the commit its changes take effect first, in their
 * order, and cut off what it loaded itself before them; then what is left of its loads is stored.
 */
final class TransactionChanges implements TransactionContext.Listener {

    private final Transactions transactions;
    private final FailureLog failures;
    private final boolean readOnly;
    private final boolean snapshot;
    private final DeferredChanges collected = new DeferredChanges();
    private final Map<String, TransactionRegion<?>> regions = new HashMap<>();
    private int savepoints;
    private volatile @Nullable Outcome outcome;

    TransactionChanges(Transactions transactions, FailureLog failures, boolean readOnly, boolean snapshot) {
        this.transactions = transactions;
        this.failures = failures;
        this.readOnly = readOnly;
        this.snapshot = snapshot;
        collected.join();
    }

    boolean hasEnded() {
        return outcome != null;
    }

    /** Whether changes wait for its end. A read-only transaction has none: what it invalidates, others have changed. */
    boolean collects() {
        return !readOnly;
    }

    /** How many savepoints were rolled back so far. */
    synchronized int savepoints() {
        return savepoints;
    }

    @SuppressWarnings("unchecked") // one name, one region, one type
    synchronized <V> TransactionRegion<V> region(String name, Consumer<Loaded<V>> store) {
        return (TransactionRegion<V>) regions.computeIfAbsent(name, n -> new TransactionRegion<V>(store));
    }

    /** Collects a change; null if the transaction has ended. */
    @Nullable
    Invalidation add(TransactionRegion<?> region, Issued issued) {
        region.change(issued.subject().kind(), issued.subject().text());
        Invalidation added = collected.add(issued);
        return added == null ? null : added.checked(this::checkAwait);
    }

    private void checkAwait() {
        if (!hasEnded() && transactions.current() == this) {
            throw new CacheException(
                    "An invalidation or put that was issued in a transaction is acknowledged only after that has"
                            + " committed, and cannot be awaited inside of it. Await it after the commit, or use "
                            + "acknowledged()");
        }
    }

    /** Keeps what a load in the transaction brought; stores it, if the transaction has committed meanwhile. */
    <V> void loaded(TransactionRegion<V> region, Loaded<V> loaded) {
        synchronized (this) {
            if (savepoints != loaded.load().savepoints()) {
                return;
            }
            if (outcome == null) {
                region.keep(loaded);
                return;
            }
        }
        if (outcome == Outcome.COMMITTED && stores()) {
            region.store(loaded);
        }
    }

    private boolean stores() {
        return !readOnly && !snapshot;
    }

    @Override
    public synchronized void savepointRolledBack() {
        savepoints++;
        collected.distrustPuts();
        regions.values().forEach(TransactionRegion::forget);
    }

    @Override
    public void completed(Outcome how) {
        synchronized (this) {
            if (outcome != null) {
                return;
            }
            outcome = how;
        }
        try {
            if (how == Outcome.ROLLED_BACK) {
                collected.drop(new CacheException(
                        "The transaction was rolled back: what it invalidated and put did not " + "take effect"));
            } else {
                collected.leave(how == Outcome.COMMITTED);
            }
        } catch (RuntimeException e) {
            // The transaction has ended: no caller could do anything about it. The Invalidation tells it, too.
            failures.failed("an invalidation of a transaction that has ended failed", e);
        }
        Map<String, TransactionRegion<?>> left;
        synchronized (this) {
            left = Map.copyOf(regions);
        }
        boolean stored = how == Outcome.COMMITTED && stores();
        left.values().forEach(region -> {
            if (stored) {
                region.storeAll();
            } else {
                region.forget();
            }
        });
    }
}
