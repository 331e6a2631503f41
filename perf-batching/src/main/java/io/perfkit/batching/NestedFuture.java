package io.perfkit.batching;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A future that a loader may wait for. While it does, it holds no slot, and it carries out what is scheduled itself,
 * as its thread may be the only one of the executor; before it goes on it takes a slot again. The same holds for what
 * is derived from it. In any other thread it is a plain {@link CompletableFuture}.
 */
class NestedFuture<V extends @Nullable Object> extends CompletableFuture<V> {
    private final BooleanSupplier help;

    /** @param help carries out one scheduled run in this thread, if one is left */
    NestedFuture(BooleanSupplier help) {
        this.help = help;
    }

    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new NestedFuture<>(help);
    }

    @Override
    public V join() {
        Run run = Run.current();
        if (run == null) {
            return super.join();
        }
        beforeWait(run);
        try {
            return super.join();
        } finally {
            run.takeSlotsBack();
        }
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
        Run run = Run.current();
        if (run == null) {
            return super.get();
        }
        beforeWait(run);
        try {
            return super.get();
        } finally {
            run.takeSlotsBack();
        }
    }

    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        Run run = Run.current();
        if (run == null) {
            return super.get(timeout, unit);
        }
        if (!isDone()) {
            // Without helping: what it would run may take longer than this wait.
            run.giveSlotsAway();
        }
        try {
            return super.get(timeout, unit);
        } finally {
            run.takeSlotsBack();
        }
    }

    private void beforeWait(Run run) {
        if (isDone()) {
            return;
        }
        run.giveSlotsAway();
        while (!isDone() && help.getAsBoolean()) {
            // until this has ended or nothing is left to begin
        }
    }
}
