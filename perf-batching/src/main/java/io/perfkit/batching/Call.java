package io.perfkit.batching;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One call: the future its caller holds, and at the same time the node of the queue it waits in, so that a call costs
 * one allocation.
 *
 * <p>A call leaves the pending ones exactly once: {@link #leave} is won either by the run that takes it or by whoever
 * ends it before (a caller that cancels, the deadline). The winner gives its reservation back. A future can also be
 * ended in ways that cannot be seen here ({@code obtrudeValue}, {@code completeAsync}); such a call is noticed, by
 * {@code isDone}, when a run would take it.
 */
final class Call<K, V extends @Nullable Object> extends NestedFuture<V> {
    static final int WAITING = 0;
    static final int WAITING_RESERVED = 1;
    static final int LEFT = 2;

    private static final VarHandle STAGE;

    static {
        try {
            STAGE = MethodHandles.lookup().findVarHandle(Call.class, "stage", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final K key;
    final int hash;
    final long arrivedNanos;

    private final PendingQueue<K, V> queue;

    /** When it is over, {@link Long#MAX_VALUE} for never; set before the call is offered, as are the next three. */
    long deadlineNanos = Long.MAX_VALUE;

    /** As the application measures its key. */
    long bytes;

    /** Calls of different partitions are never in one batch. */
    @Nullable
    Object partition;

    @Nullable
    CallContext context;

    /** The call below in the stack of arrivals, later the one behind in the line. */
    @Nullable
    Call<K, V> next;

    /** Another call of the same batch with an equal key. */
    @Nullable
    Call<K, V> twin;

    /** How many calls are in the stack of arrivals up to this one. */
    int depth;

    @SuppressWarnings("unused") // through STAGE
    private volatile int stage;

    Call(PendingQueue<K, V> queue, K key, int hash, long arrivedNanos) {
        super(queue.helpers);
        this.queue = queue;
        this.key = key;
        this.hash = hash;
        this.arrivedNanos = arrivedNanos;
    }

    /** Before the call is offered: whether it occupies one of the places of the queue. */
    void reserved(boolean reserved) {
        STAGE.set(this, reserved ? WAITING_RESERVED : WAITING);
    }

    /** Ends the stay among the pending calls and tells what the stage was before. */
    int leave() {
        return (int) STAGE.getAndSet(this, LEFT);
    }

    /** Ends the call from inside: it has left already. */
    boolean succeed(V value) {
        return super.complete(value);
    }

    /** Ends the call from inside: it has left already. */
    boolean fail(Throwable failure) {
        return super.completeExceptionally(failure);
    }

    @Override
    public boolean complete(V value) {
        return afterEnd(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return afterEnd(super.completeExceptionally(failure));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return afterEnd(super.cancel(mayInterruptIfRunning));
    }

    private boolean afterEnd(boolean ended) {
        if (ended) {
            int was = leave();
            if (was != LEFT) {
                queue.abandoned(was);
            }
        }
        return ended;
    }
}
