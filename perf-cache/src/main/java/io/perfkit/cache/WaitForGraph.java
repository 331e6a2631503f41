package io.perfkit.cache;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which thread waits for which load: the wait-for graph of the literature on deadlocks, in which a circle is seen before
 * it closes.
 *
 * <p>Each load knows the thread that runs it, and here stands for which load each waiting thread waits. Before a thread
 * waits, it writes down for what, and then follows thread after thread. If it comes back to itself, waiting would never
 * end. When two threads close a circle at the same moment, both have written before either follows, so at least one of
 * them sees it.
 *
 * <p>A load that is done holds no thread up, even where the thread that waited for it has not woken yet. A thread of a
 * fork-join pool may run other tasks while it waits, and wait in those: then it waits for both, and what counts is the
 * inner one, until that is over.
 */
final class WaitForGraph {

    private static final ConcurrentHashMap<Thread, Flight<?>> WAITING = new ConcurrentHashMap<>();
    /** More threads than wait in a row in any sane application; a bound in case the chain changes as we follow it. */
    private static final int MAXIMUM_CHAIN = 10_000;

    private WaitForGraph() {}

    /**
     * Announces that the calling thread waits for a load; throws if that load waits for the calling thread.
     *
     * @return what the thread waits for already, for {@link #stopWaiting}
     */
    static @Nullable Flight<?> startWaiting(Flight<?> flight) {
        Thread me = Thread.currentThread();
        Flight<?> outer = WAITING.put(me, flight);
        Flight<?> next = flight;
        for (int i = 0; next != null && !next.result().isDone() && i < MAXIMUM_CHAIN; i++) {
            Thread leader = next.leader();
            if (leader == me) {
                stopWaiting(outer);
                throw new RecursiveLoadException("The loader of key '" + next.key() + "' of region '" + next.region()
                        + "' asks for key '" + flight.key() + "' of region '" + flight.region()
                        + "', which waits for it in turn: give the inner value a key of its own, or compute it without "
                        + "the cache");
            }
            next = leader == null ? null : WAITING.get(leader);
        }
        return outer;
    }

    static void stopWaiting(@Nullable Flight<?> outer) {
        if (outer == null) {
            WAITING.remove(Thread.currentThread());
        } else {
            WAITING.put(Thread.currentThread(), outer);
        }
    }
}
