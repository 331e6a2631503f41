package io.perfkit.cache;

/** What a change is made to: a region, as the {@link ChangeSchedule} knows it. */
abstract class ChangeTarget {

    abstract String name();

    abstract LocalTier<?> local();

    /** What a transaction has changed and loaded of the region. */
    abstract TransactionRegion<?> in(TransactionChanges transaction);

    /** Invalidates everything, whatever the calling thread defers. */
    abstract Invalidation clearNow();
}
