package io.perfkit.batching;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A known set of keys that is a batch by itself: one future for all of them. */
final class BulkBatch<K, V extends @Nullable Object, R> implements Batch<K, V> {
    final CompletableFuture<R> future;

    private final Request<K, V, R> request;
    private final long arrivedNanos;
    private final long deadlineNanos;
    private final @Nullable CallContext context;

    BulkBatch(
            CompletableFuture<R> future,
            Request<K, V, R> request,
            long arrivedNanos,
            long deadlineNanos,
            @Nullable CallContext context) {
        this.future = future;
        this.request = request;
        this.arrivedNanos = arrivedNanos;
        this.deadlineNanos = deadlineNanos;
        this.context = context;
    }

    /** What is asked, and what is made of the answer. */
    record Request<K, V extends @Nullable Object, R>(Set<K> keys, boolean isPerKey, Function<Map<K, V>, R> answer) {}

    @Override
    public Set<K> keys() {
        return request.keys;
    }

    @Override
    public int callCount() {
        return request.keys.size();
    }

    @Override
    public long arrivedNanos() {
        return arrivedNanos;
    }

    @Override
    public boolean isAwaited() {
        return !future.isDone();
    }

    @Override
    public boolean isPerKey() {
        return request.isPerKey;
    }

    @Override
    public void inContext(Runnable task) {
        CallContext.run(context, task);
    }

    @Override
    public void deliver(Map<K, V> loaded) {
        R answer;
        try {
            answer = request.answer.apply(loaded);
        } catch (Throwable failure) {
            future.completeExceptionally(failure);
            return;
        }
        future.complete(answer);
    }

    @Override
    public int fail(BatchingException failure) {
        if (request.isPerKey && failure instanceof BatchLoadException) {
            // The failure of the loader is that of each key; whoever wants results has one for each.
            int waiting = isAwaited() ? callCount() : 0;
            Answers<K, V> answers = new Answers<>();
            answers.fail(request.keys, failure.cause());
            deliver(answers);
            return waiting;
        }
        return future.completeExceptionally(failure.again()) ? callCount() : 0;
    }

    @Override
    public long earliestDeadline() {
        return isAwaited() ? deadlineNanos : Long.MAX_VALUE;
    }

    @Override
    public long latestDeadline() {
        return isAwaited() ? deadlineNanos : Long.MIN_VALUE;
    }

    @Override
    public long expire(long nowNanos, Expiry expiry) {
        if (isAwaited() && deadlineNanos <= nowNanos) {
            future.completeExceptionally(expiry.of(keys(), arrivedNanos, deadlineNanos));
        }
        return earliestDeadline();
    }
}
