package io.perfkit.cache;

import org.jspecify.annotations.Nullable;

/**
 * Tells a {@link PerfCache} which database transaction the calling thread is in, so that the cache follows it: see
 * {@link PerfCache.Builder#transactions}. Implemented once for a transaction manager; must be thread-safe, and is asked
 * at every call of the cache, so it should answer from a thread-local.
 *
 * <p>What managers offer for it: Spring, a {@code TransactionSynchronization} that is registered with the first question
 * and is the {@link Transaction} itself; it has callbacks for completion and for savepoints, and each
 * {@code REQUIRES_NEW} has synchronizations of its own. JTA, a {@code TransactionSynchronizationRegistry}, which keeps
 * the object as a resource of the transaction. jOOQ, a {@code TransactionListener} and the configuration's data.
 */
@FunctionalInterface
public interface TransactionContext {

    /**
     * The physical transaction that the calling thread is in.
     *
     * @return the same object for as long as the transaction lasts, another one for every other transaction; null where
     *     there is none, also while an outer one is suspended
     */
    @Nullable
    Transaction current();

    /**
     * One physical transaction. The cache recognises it by identity and refers to it weakly: what it collects for one that
     * never ends goes with this object.
     */
    interface Transaction {

        /**
         * Whether the transaction cannot change anything.
         *
         * @return true for a read-only one
         */
        boolean isReadOnly();

        /**
         * Whether the statements of the transaction see the database as it was at one moment in the past: those of
         * {@code REPEATABLE READ} and {@code SERIALIZABLE} do, and MySQL and MariaDB use {@code REPEATABLE READ} by
         * default. Such a transaction may read a row that was changed and invalidated since, so what it loads is never
         * stored. If in doubt, true.
         *
         * @return false only if each statement sees what is committed when it begins
         */
        boolean isSnapshot();

        /**
         * Adds whom to tell of the end. Each cache adds one listener, on the transaction's thread.
         *
         * @param listener to be called after the database has committed or rolled back, on any thread
         */
        void listener(Listener listener);
    }

    /** What a transaction tells the cache. Its methods throw nothing. */
    interface Listener {

        /**
         * A part of the transaction was rolled back, to a savepoint: from here on, what was loaded or put before is not
         * stored. To be called after each such rollback, before the next statement.
         */
        void savepointRolledBack();

        /**
         * The transaction has ended. To be called once; another call does nothing.
         *
         * @param outcome how
         */
        void completed(Outcome outcome);
    }

    /** How a transaction ended. */
    enum Outcome {
        /** It is committed: its invalidations and puts take effect. */
        COMMITTED,
        /** It is rolled back: nothing happens. */
        ROLLED_BACK,
        /** Nobody knows: its invalidations take effect, its puts become invalidations, and nothing it loaded is stored. */
        UNKNOWN
    }
}
