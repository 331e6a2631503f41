package io.perfkit.batching;

/** What a {@link Batcher} does with a call that arrives while {@code maximumPending} calls wait already. */
public enum Overflow {
    /**
     * The calling thread waits for room, first come, first served, until its deadline if there is a {@code timeout}.
     * Who comes when there is room for itself and for each who waits need not wait.
     * The default. A call made from inside a loader or from inside the completion of another call is let in at once:
     * it would wait for room that only its own thread can make.
     */
    WAIT,
    /** The call fails at once with a {@link BatchRejectedException}. */
    REJECT
}
