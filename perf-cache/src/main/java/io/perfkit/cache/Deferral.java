package io.perfkit.cache;

/**
 * Invalidations that wait for a transaction to end: begun with {@link PerfCache#defer()}, for transaction managers that
 * call back. Where the transaction is a block of code, {@link PerfCache#defer(Deferral.Body)} is shorter.
 *
 * <p>Until it ends, every invalidation and every {@code put} that the beginning thread issues through the same cache is
 * collected instead: also those of a {@code CachingProxy}. They are applied in their order when it ends, <em>also when
 * the transaction failed</em>. That is safe, because an invalidation too many costs a load, and it is needed, because a
 * load inside the transaction may have cached what was then rolled back. A {@code put} of a failed transaction
 * invalidates its key instead, for its value was never true; so does one whose key was changed elsewhere since,
 * for a later transaction may have committed a newer value.
 *
 * <p>A cache that has a {@link PerfCache.Builder#transactions TransactionContext} does this by itself, and more: what is
 * issued in a transaction that it knows of belongs to that one, and a deferral collects nothing meanwhile.
 *
 * <p>Deferrals nest: an inner one joins the outer, and all is applied when the last of them ends. If one of them failed,
 * no {@code put} of the whole is kept. While they are collected, the cache answers as if nothing had been issued, and an
 * {@link Acknowledgement} is acknowledged only after it was applied, together with all others of its region. Of one region, at most 1,000 changes are kept apart;
 * one more, and they become a {@code clear}.
 *
 * <p>{@link #commit} and {@link #close} may be called on any thread. A deferral that is never ended keeps its
 * invalidations for ever: close it in {@code finally}, or by try-with-resources.
 */
public final class Deferral implements AutoCloseable {

    /**
     * What runs before the invalidations are applied: the transaction.
     *
     * @param <T> what it returns
     * @param <X> the checked exception that it throws, if any
     */
    @FunctionalInterface
    public interface Body<T, X extends Exception> {

        /**
         * Runs the transaction.
         *
         * @return a result
         * @throws X if the transaction failed
         */
        T run() throws X;
    }

    /**
     * A transaction without a result.
     *
     * @param <X> the checked exception that it throws, if any
     */
    @FunctionalInterface
    public interface VoidBody<X extends Exception> {

        /**
         * Runs the transaction.
         *
         * @throws X if the transaction failed
         */
        void run() throws X;
    }

    private final DeferredChanges changes;
    private boolean ended;

    Deferral(DeferredChanges changes) {
        this.changes = changes;
    }

    /**
     * The transaction has committed: applies what was collected, and ends. Does nothing if it has ended before.
     *
     * @throws CacheException if one of the regions fails where the shared tier is out of reach; all others are applied
     */
    public void commit() {
        end(true);
    }

    /**
     * Ends a transaction that has not committed. Does nothing after {@link #commit}.
     *
     * @throws CacheException if one of the regions fails where the shared tier is out of reach; all others are applied
     */
    @Override
    public void close() {
        end(false);
    }

    private void end(boolean committed) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        changes.leave(committed);
    }
}
