package io.perfkit.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value in the local tier. It carries its own instants, in the cache's nanoseconds, so that the map around it need not
 * keep any, and the epoch of the local {@link Tombstones} up to which it is known to be live. Entries are compared by
 * identity.
 *
 * <p>The instants come in this order: {@code plainUntil} (served without a look at anything else), {@code freshUntil} (the end
 * of the ttl; in between, a call may refresh ahead), {@code staleUntil} (served while revalidating),
 * {@code usableUntil} (served if loading fails, or takes too long).
 */
final class Entry<V> {

    private static final VarHandle VALIDATED;
    private static final VarHandle RETRY_AT;

    static {
        try {
            VALIDATED = MethodHandles.lookup().findVarHandle(Entry.class, "validated", long.class);
            RETRY_AT = MethodHandles.lookup().findVarHandle(Entry.class, "retryAt", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Null stands for a cached absence. */
    final @Nullable V value;

    final long plainUntil;

    /** What a plain hit does not read is kept apart: an object that is read whole costs it one cache line, not two. */
    private final Instants instants;

    final List<String> tags;
    final int weight;

    @SuppressWarnings({"FieldMayBeFinal", "UnusedVariable"}) // through VALIDATED
    private long validated;

    @SuppressWarnings("UnusedVariable") // through RETRY_AT
    private long retryAt;

    /** Plain: what a race may cost is that a hit counts twice, or not. */
    private int lastTurn;

    /**
     * What is asked once an entry is no longer served without a second thought.
     *
     * @param loadNanos what the load took, in nanoseconds
     */
    record Instants(long freshUntil, long staleUntil, long usableUntil, long loadNanos) {}

    /** @param validated the epoch at which the load, or the read from the shared tier, began */
    Entry(@Nullable V value, long validated, long plainUntil, Instants instants, List<String> tags, int weight) {
        this.value = value;
        this.validated = validated;
        this.plainUntil = plainUntil;
        this.instants = instants;
        this.tags = tags;
        this.weight = weight;
    }

    long freshUntil() {
        return instants.freshUntil();
    }

    long staleUntil() {
        return instants.staleUntil();
    }

    long usableUntil() {
        return instants.usableUntil();
    }

    /** What the load took, in nanoseconds. */
    long loadNanos() {
        return instants.loadNanos();
    }

    /**
     * The same value with its ttl ended now, validated up to an epoch. The windows in which it may be served as stale
     * begin now, and end no later than they would have.
     */
    Entry<V> due(long epoch, long now) {
        long fresh = freshUntil();
        if (fresh == Long.MIN_VALUE) {
            validated(epoch);
            return this;
        }
        Instants due = new Instants(
                Long.MIN_VALUE,
                Math.min(staleUntil(), now + staleUntil() - fresh),
                Math.min(usableUntil(), now + usableUntil() - fresh),
                loadNanos());
        return new Entry<>(value, epoch, Long.MIN_VALUE, due, tags, weight);
    }

    /** Opaque is enough: an older value than the last one written only makes a reader check more tombstones. */
    long validated() {
        return (long) VALIDATED.getOpaque(this);
    }

    void validated(long epoch) {
        VALIDATED.setOpaque(this, epoch);
    }

    /** Until then, a stale value is served without an attempt to load the next one. */
    long retryAt() {
        return (long) RETRY_AT.getOpaque(this);
    }

    void retryAt(long instant) {
        RETRY_AT.setOpaque(this, instant);
    }

    /** Whether this is the first hit in a turn of the {@link LocalTier}; the next one is not. */
    boolean hitIn(int turn) {
        if (lastTurn == turn) {
            return false;
        }
        lastTurn = turn;
        return true;
    }
}
