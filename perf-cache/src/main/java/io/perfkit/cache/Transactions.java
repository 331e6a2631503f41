package io.perfkit.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.perfkit.cache.TransactionContext.Transaction;
import org.jspecify.annotations.Nullable;

/** What a cache keeps for each transaction that has used it, for as long as the transaction's own object lives. */
final class Transactions {

    private final TransactionContext context;
    private final FailureLog failures;
    /** Weak keys are compared by identity. */
    private final Cache<Transaction, TransactionChanges> begun =
            Caffeine.newBuilder().weakKeys().executor(Runnable::run).build();

    /** Stands for another thread's transaction, or for none, while something is done in its name. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable Captured> lent = new ThreadLocal<>();

    /** The transaction that a thread was in; null for none. */
    record Captured(@Nullable TransactionChanges changes) {}

    Transactions(TransactionContext context, FailureLog failures) {
        this.context = context;
        this.failures = failures;
    }

    /**
     * The transaction that the calling thread acts in; null where the cache is used as outside of one: also in a read-only
     * one, unless that may see what is past, and in one that has ended.
     */
    @Nullable
    TransactionChanges current() {
        Captured captured = lent.get();
        if (captured != null) {
            return captured.changes();
        }
        Transaction transaction = context.current();
        if (transaction == null || (transaction.isReadOnly() && !transaction.isSnapshot())) {
            return null;
        }
        TransactionChanges changes = begun.getIfPresent(transaction);
        if (changes == null) {
            changes = new TransactionChanges(this, failures, transaction.isReadOnly(), transaction.isSnapshot());
            transaction.listener(changes);
            begun.put(transaction, changes);
        }
        return changes.hasEnded() ? null : changes;
    }

    /** For something that is done later on another thread. */
    Captured capture() {
        return new Captured(current());
    }

    /** Does something in the name of a transaction that was captured, whatever the calling thread is in. */
    void within(Captured captured, Runnable action) {
        Captured outer = lent.get();
        lent.set(captured);
        try {
            action.run();
        } finally {
            if (outer == null) {
                lent.remove();
            } else {
                lent.set(outer);
            }
        }
    }
}
