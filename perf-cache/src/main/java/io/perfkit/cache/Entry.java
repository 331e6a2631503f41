package io.perfkit.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A value in the local tier. It carries its own expiry, so that the map around it need not keep any, and the epoch of
 * the local {@link Tombstones} up to which it is known to be live. Entries are compared by identity.
 */
final class Entry<V> {

    private static final VarHandle VALIDATED;

    static {
        try {
            VALIDATED = MethodHandles.lookup().findVarHandle(Entry.class, "validated", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final V value;
    final long freshUntil;
    final long staleUntil;
    final int weight;

    @SuppressWarnings({"FieldMayBeFinal", "UnusedVariable"}) // through VALIDATED
    private long validated;

    /**
     * @param validated the epoch at which the load, or the read from the shared tier, began
     * @param freshUntil when it stops being fresh, in the cache's nanoseconds
     * @param staleUntil when it stops being served at all; not before {@code freshUntil}
     */
    Entry(V value, long validated, long freshUntil, long staleUntil, int weight) {
        this.value = value;
        this.validated = validated;
        this.freshUntil = freshUntil;
        this.staleUntil = staleUntil;
        this.weight = weight;
    }

    /** Opaque is enough: an older value than the last one written only makes a reader check more tombstones. */
    long validated() {
        return (long) VALIDATED.getOpaque(this);
    }

    void validated(long epoch) {
        VALIDATED.setOpaque(this, epoch);
    }
}
