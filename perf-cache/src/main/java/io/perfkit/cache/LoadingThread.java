package io.perfkit.cache;

import org.jspecify.annotations.Nullable;

/**
 * A thread while it runs loaders, and what it waits for meanwhile: enough to see a circle of waiting threads before it
 * closes.
 *
 * <p>Each load knows its thread, each thread knows the load it waits for. Before a loading thread waits, it writes down
 * for what, and then follows thread after thread. If it comes back to itself, waiting would never end. When two threads
 * close a circle at the same moment, both have written before either follows, so at least one of them sees it.
 */
final class LoadingThread {

    private static final ThreadLocal<@Nullable LoadingThread> CURRENT = new ThreadLocal<>();
    /** More threads than wait in a row in any sane application; a bound in case the chain changes as we follow it. */
    private static final int LONGEST_CHAIN = 10_000;

    private volatile @Nullable Flight<?> waitingFor;
    private int depth;

    private LoadingThread() {}

    /** The calling thread, which is about to run a loader. */
    static LoadingThread enter() {
        LoadingThread me = CURRENT.get();
        if (me == null) {
            me = new LoadingThread();
            CURRENT.set(me);
        }
        me.depth++;
        return me;
    }

    void leave() {
        if (--depth == 0) {
            CURRENT.remove();
        }
    }

    /** Announces that the calling thread waits for a load; throws if that load waits for the calling thread. */
    static @Nullable LoadingThread startWaiting(Flight<?> flight) {
        LoadingThread me = CURRENT.get();
        if (me == null) {
            return null;
        }
        me.waitingFor = flight;
        Flight<?> next = flight;
        for (int i = 0; next != null && i < LONGEST_CHAIN; i++) {
            LoadingThread leader = next.leader();
            if (leader == me) {
                me.waitingFor = null;
                throw new RecursiveLoadException("The loader of key '" + next.key() + "' of region '" + next.region()
                        + "' asks for key '" + flight.key() + "' of region '" + flight.region()
                        + "', which waits for it in turn: give the inner value a key of its own, or compute it without "
                        + "the cache");
            }
            next = leader == null ? null : leader.waitingFor;
        }
        return me;
    }

    void stopWaiting() {
        waitingFor = null;
    }
}
