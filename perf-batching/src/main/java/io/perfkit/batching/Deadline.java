package io.perfkit.batching;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** When a call whose loader runs in the caller's own thread is over, and whether the loader is interrupted then. */
final class Deadline {
    static final Deadline NONE = new Deadline(0, Long.MAX_VALUE, null);

    private final long arrivedNanos;
    private final long nanos;
    private final @Nullable Watched watched;
    private volatile @Nullable LoaderThread inside;

    Deadline(long arrivedNanos, long nanos, @Nullable Watched watched) {
        this.arrivedNanos = arrivedNanos;
        this.nanos = nanos;
        this.watched = watched;
    }

    /** Those inside a loader whose deadline is to be kept. */
    static final class Watched {
        final Set<Deadline> open = ConcurrentHashMap.newKeySet();
        private final LongConsumer arm;

        /** @param arm sees that somebody looks at the given time */
        Watched(LongConsumer arm) {
            this.arm = arm;
        }

        /** Interrupts those who are overdue; tells when the next is, {@link Long#MAX_VALUE} if there is none. */
        long ring(long nowNanos) {
            long next = Long.MAX_VALUE;
            for (Deadline deadline : open) {
                LoaderThread here = deadline.inside;
                if (here == null) {
                    continue;
                }
                if (deadline.nanos <= nowNanos) {
                    here.interrupt();
                } else {
                    next = Math.min(next, deadline.nanos);
                }
            }
            return next;
        }
    }

    long arrivedNanos() {
        return arrivedNanos;
    }

    long nanos() {
        return nanos;
    }

    boolean interrupts() {
        return watched != null && nanos != Long.MAX_VALUE;
    }

    void begin(LoaderThread here) {
        inside = here;
        if (watched != null) {
            watched.open.add(this);
            watched.arm.accept(nanos);
        }
    }

    void end(LoaderThread here) {
        if (watched != null) {
            watched.open.remove(this);
        }
        inside = null;
    }
}
