package io.perfkit.connections;

import io.perfkit.connections.internal.Hold;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who holds one place of a pool, and since when.
 *
 * @param thread the name that the thread had which acquired it; {@code thread #id} for one without a name, as virtual
 *     threads are
 * @param threadId the id of that thread
 * @param owner the owner it was acquired for, or null without one
 * @param heldFor the time since it was acquired
 * @param state what it is doing
 * @param callSite where it was acquired, if the pool records that, or null
 */
public record Holder(
        String thread,
        long threadId,
        @Nullable String owner,
        Duration heldFor,
        State state,
        @Nullable Throwable callSite) {
    /** What a place of a pool is doing. */
    public enum State {
        /** What it is for is being opened, created or validated. */
        OPENING,

        /** A caller has it. */
        IN_USE,

        /** It is being reset or closed. */
        RETURNING,

        /** Its lease was dropped without being closed, so that nobody can return it any more. */
        ABANDONED
    }

    /**
     * What a slot knows.
     *
     * @param hold what the slot holds, of the core that the pools of this artifact share
     * @param nowNanos the time
     * @return the same, for those who ask
     */
    public static Holder of(Hold hold, long nowNanos) {
        State state = hold.isAbandoned()
                ? State.ABANDONED
                : switch (hold.phase()) {
                    case OPENING -> State.OPENING;
                    case IN_USE -> State.IN_USE;
                    case RETURNING -> State.RETURNING;
                };
        return new Holder(
                hold.thread,
                hold.threadId,
                hold.owner,
                Duration.ofNanos(nowNanos - hold.sinceNanos),
                state,
                hold.callSite);
    }

    /**
     * Whether the thread is still waiting for the database to accept or validate the connection.
     *
     * @return true in the state {@link State#OPENING}
     */
    public boolean opening() {
        return state == State.OPENING;
    }
}
