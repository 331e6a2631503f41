package io.perfkit.connections;

import io.perfkit.connections.internal.Hold;
import io.perfkit.connections.internal.Slot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** What a caller of a {@link BoundedPool} holds. */
final class PoolLease<T> implements Lease<T> {
    private static final VarHandle POOLED = handle();

    private final BoundedPool<T> pool;
    private final Slot slot;
    private final Hold hold;

    /** Null after it has gone back. */
    private volatile @Nullable Pooled<T> pooled;

    private volatile boolean invalid;

    PoolLease(BoundedPool<T> pool, Slot slot, Hold hold, Pooled<T> pooled) {
        this.pool = pool;
        this.slot = slot;
        this.hold = hold;
        POOLED.setRelease(this, pooled);
    }

    private static VarHandle handle() {
        try {
            return MethodHandles.lookup().findVarHandle(PoolLease.class, "pooled", Pooled.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    public T value() {
        Pooled<T> present = pooled;
        if (present == null) {
            throw new IllegalStateException("This lease of pool '" + pool.name()
                    + "' was closed, and its object belongs to someone else now. Don't keep it beyond close().");
        }
        hold.usedBy(Thread.currentThread());
        return present.value;
    }

    @Override
    public void invalidate() {
        invalid = true;
    }

    @Override
    @SuppressWarnings("unchecked") // it was put there as one
    public void close() {
        Pooled<T> returned = (Pooled<T>) POOLED.getAndSet(this, null);
        if (returned != null) {
            pool.giveBack(slot, hold, returned, invalid);
        }
    }

    @Override
    public String toString() {
        Pooled<T> present = pooled;
        return "Lease[pool=" + pool.name() + ", " + (present == null ? "closed" : present.value) + "]";
    }
}
