package io.perfkit.batching;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A batch of single calls, those with equal keys strung together behind one of them. Filled by one thread under the
 * queue's lock, then read by any.
 *
 * <p>The keys are told apart by a table of the calls themselves (open addressing, linear probing, at most half full):
 * with one hash code per call, computed when it arrived, and nothing allocated per key.
 */
final class CallBatch<K, V extends @Nullable Object> implements Batch<K, V> {
    /** Whether a call found its place. */
    enum Place {
        TAKEN,
        OTHER_PARTITION,
        FULL
    }

    private final Outcomes<K, V> outcomes;
    private final long maximumBytes;
    private final @Nullable Call<K, V>[] table;
    private final Call<K, V>[] distinct;
    private int keyCount;
    private int callCount;
    private long bytes;
    private long arrivedNanos = Long.MAX_VALUE;
    private @Nullable List<Runnable> broken;

    /** An empty batch with room for so many distinct keys. */
    CallBatch(Outcomes<K, V> outcomes, int capacity) {
        this(outcomes, capacity, Long.MAX_VALUE);
    }

    /** An empty batch with room for so many distinct keys and bytes. */
    @SuppressWarnings({"unchecked", "rawtypes", "NullAway"})
    CallBatch(Outcomes<K, V> outcomes, int capacity, long maximumBytes) {
        this.maximumBytes = maximumBytes;
        this.outcomes = outcomes;
        this.distinct = new Call[capacity];
        this.table = new Call[Math.max(2, Integer.highestOneBit(Math.max(1, capacity)) * 4)];
    }

    /** Adds the call, unless it is of another partition, or its key is new and there is no room for it. */
    Place add(Call<K, V> call) {
        if (keyCount > 0 && !Objects.equals(distinct[0].partition, call.partition)) {
            return Place.OTHER_PARTITION;
        }
        int mask = table.length - 1;
        for (int at = call.hash & mask; ; at = (at + 1) & mask) {
            Call<K, V> there = table[at];
            if (there == null) {
                if (keyCount == distinct.length || (keyCount > 0 && call.bytes > maximumBytes - bytes)) {
                    return Place.FULL;
                }
                table[at] = call;
                distinct[keyCount++] = call;
                bytes += call.bytes;
                count(call);
                return Place.TAKEN;
            }
            if (there.hash == call.hash && there.key.equals(call.key)) {
                call.twin = there.twin;
                there.twin = call;
                count(call);
                return Place.TAKEN;
            }
        }
    }

    private void count(Call<K, V> call) {
        callCount++;
        arrivedNanos = Math.min(arrivedNanos, call.arrivedNanos);
    }

    /** Keeps a call whose key cannot be compared, to be failed alone once no lock is held. */
    void addBroken(Call<K, V> call, Throwable failure) {
        if (broken == null) {
            broken = new ArrayList<>();
        }
        broken.add(() -> call.fail(failure));
    }

    boolean hasBroken() {
        return broken != null;
    }

    void failBroken() {
        if (broken != null) {
            broken.forEach(Runnable::run);
        }
    }

    boolean isEmpty() {
        return keyCount == 0;
    }

    @Override
    public Set<K> keys() {
        Object[] keys = new Object[keyCount];
        for (int i = 0; i < keyCount; i++) {
            keys[i] = distinct[i].key;
        }
        return new KeySet<>(keys);
    }

    @Override
    public int callCount() {
        return callCount;
    }

    @Override
    public long arrivedNanos() {
        return arrivedNanos;
    }

    @Override
    public boolean isAwaited() {
        for (int i = 0; i < keyCount; i++) {
            for (Call<K, V> call = distinct[i]; call != null; call = call.twin) {
                if (!call.isDone()) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public boolean isPerKey() {
        return true;
    }

    @Override
    public void inContext(Runnable task) {
        CallContext.run(keyCount == 0 ? null : distinct[0].context, task);
    }

    @Override
    public void deliver(Map<K, V> loaded) {
        for (int i = 0; i < keyCount; i++) {
            V value;
            try {
                value = outcomes.valueOf(distinct[i].key, loaded);
            } catch (Throwable failure) {
                BatchingException known = outcomes.failed(failure);
                for (Call<K, V> call = distinct[i]; call != null; call = call.twin) {
                    call.fail(known.again());
                }
                continue;
            }
            for (Call<K, V> call = distinct[i]; call != null; call = call.twin) {
                call.succeed(value);
            }
        }
    }

    @Override
    public int fail(BatchingException failure) {
        int failed = 0;
        for (int i = 0; i < keyCount; i++) {
            for (Call<K, V> call = distinct[i]; call != null; call = call.twin) {
                if (!call.isDone()) {
                    failed += call.fail(failure.again()) ? 1 : 0;
                }
            }
        }
        return failed;
    }

    @Override
    public long earliestDeadline() {
        long earliest = Long.MAX_VALUE;
        for (int i = 0; i < keyCount; i++) {
            for (Call<K, V> call = distinct[i]; call != null; call = call.twin) {
                if (!call.isDone()) {
                    earliest = Math.min(earliest, call.deadlineNanos);
                }
            }
        }
        return earliest;
    }

    @Override
    public long latestDeadline() {
        long latest = Long.MIN_VALUE;
        for (int i = 0; i < keyCount; i++) {
            for (Call<K, V> call = distinct[i]; call != null; call = call.twin) {
                if (!call.isDone()) {
                    latest = Math.max(latest, call.deadlineNanos);
                }
            }
        }
        return latest;
    }

    @Override
    public long expire(long nowNanos, Expiry expiry) {
        for (int i = 0; i < keyCount; i++) {
            for (Call<K, V> call = distinct[i]; call != null; call = call.twin) {
                if (!call.isDone() && call.deadlineNanos <= nowNanos) {
                    call.fail(expiry.of(call.key, call.arrivedNanos, call.deadlineNanos));
                }
            }
        }
        return earliestDeadline();
    }
}
