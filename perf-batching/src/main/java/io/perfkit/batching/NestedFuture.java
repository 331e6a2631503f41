package io.perfkit.batching;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A future that a loader may wait for. While it does, it holds no slot, and it carries out what is scheduled itself,
 * as its thread may be the only one of the executor; before it goes on it takes a slot again. The same holds for what
 * is derived from it. In any other thread it is a plain {@link CompletableFuture}.
 */
class NestedFuture<V extends @Nullable Object> extends CompletableFuture<V> {
    private final Helpers helpers;

    /** @param helpers those who carry out what is scheduled while they wait */
    NestedFuture(Helpers helpers) {
        this.helpers = helpers;
    }

    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new NestedFuture<>(helpers);
    }

    @Override
    public <U extends @Nullable Object> CompletableFuture<U> thenCompose(
            Function<? super V, ? extends CompletionStage<U>> next) {
        return asked(super.thenCompose(next));
    }

    @Override
    public <U extends @Nullable Object> CompletableFuture<U> thenComposeAsync(
            Function<? super V, ? extends CompletionStage<U>> next) {
        return asked(super.thenComposeAsync(next));
    }

    @Override
    public <U extends @Nullable Object> CompletableFuture<U> thenComposeAsync(
            Function<? super V, ? extends CompletionStage<U>> next, Executor executor) {
        return asked(super.thenComposeAsync(next, executor));
    }

    /** What comes after this may need the slot of the loader that waits for both. */
    private static <U extends @Nullable Object> CompletableFuture<U> asked(CompletableFuture<U> composed) {
        Run run = Run.current();
        if (run != null) {
            run.hasAsked(composed);
        }
        return composed;
    }

    @Override
    public V join() {
        Run run = Run.current();
        if (run == null) {
            return super.join();
        }
        if (!isDone()) {
            helpers.help(this, run, false);
        }
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
        if (!isDone()) {
            helpers.help(this, run, true);
        }
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
        long began = System.nanoTime();
        long nanos = unit.toNanos(timeout);
        if (!isDone()) {
            helpers.help(this, run, nanos);
        }
        try {
            return super.get(Math.max(0, nanos - (System.nanoTime() - began)), TimeUnit.NANOSECONDS);
        } finally {
            run.takeSlotsBack();
        }
    }
}
