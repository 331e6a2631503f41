package io.perfkit.monitoring;

import org.jspecify.annotations.Nullable;

/** What a thread is asking databases and other services for just now. */
final class ThreadState {
    private static final ThreadLocal<ThreadState> CURRENT = ThreadLocal.withInitial(ThreadState::new);

    /** The execution under way on this thread, the innermost that counts. */
    @Nullable
    Execution outer;

    /** How many executions of any recorder have been counted here. */
    long counted;

    /** A query within a call, or a call within a query, counts by itself. */
    boolean isWithinOneOf(QueryRecorder recorder, boolean call) {
        for (Execution each = outer; each != null; each = each.enclosing) {
            if (each.recorder == recorder && each.isCall() == call && !each.isEnded()) {
                return true;
            }
        }
        return false;
    }

    void entered(Execution execution) {
        Execution before = outer;
        execution.enclosing = before == null || before.isEnded() ? null : before;
        outer = execution;
    }

    void left(Execution execution) {
        if (outer == execution) {
            outer = execution.enclosing;
        }
    }

    static ThreadState current() {
        return CURRENT.get();
    }
}
