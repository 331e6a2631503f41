package io.perfkit.batching;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A batch of single calls, those with equal keys strung together behind one of them. Filled by one thread under the
 * queue's lock, then read by any.
 *
 * <p>The keys are told apart by a table of the calls themselves (open addressing, linear probing, at most half full):
 * with one hash code per call, computed when it arrived, and nothing allocated per key.
 */
final class CallBatch<K, V extends @Nullable Object> implements Batch<K, V> {
    private final Outcomes<K, V> outcomes;
    private final @Nullable Call<K, V>[] table;
    private final Call<K, V>[] distinct;
    private int keyCount;
    private int callCount;
    private long arrivedNanos = Long.MAX_VALUE;
    private @Nullable List<Runnable> broken;

    /** An empty batch with room for so many distinct keys. */
    @SuppressWarnings({"unchecked", "rawtypes", "NullAway"})
    CallBatch(Outcomes<K, V> outcomes, int capacity) {
        this.outcomes = outcomes;
        this.distinct = new Call[capacity];
        this.table = new Call[Math.max(2, Integer.highestOneBit(Math.max(1, capacity)) * 4)];
    }

    /** Adds the call, unless its key is new and there is no room for another key. */
    boolean add(Call<K, V> call) {
        int mask = table.length - 1;
        for (int at = call.hash & mask; ; at = (at + 1) & mask) {
            Call<K, V> there = table[at];
            if (there == null) {
                if (keyCount == distinct.length) {
                    return false;
                }
                table[at] = call;
                distinct[keyCount++] = call;
                count(call);
                return true;
            }
            if (there.hash == call.hash && there.key.equals(call.key)) {
                call.twin = there.twin;
                there.twin = call;
                count(call);
                return true;
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
    public void deliver(Map<K, V> loaded) {
        for (int i = 0; i < keyCount; i++) {
            V value;
            try {
                value = outcomes.valueOf(distinct[i].key, loaded);
            } catch (Throwable failure) {
                for (Call<K, V> call = distinct[i]; call != null; call = call.twin) {
                    call.fail(failure);
                }
                continue;
            }
            for (Call<K, V> call = distinct[i]; call != null; call = call.twin) {
                call.succeed(value);
            }
        }
    }

    @Override
    public int fail(Throwable failure) {
        int failed = 0;
        for (int i = 0; i < keyCount; i++) {
            for (Call<K, V> call = distinct[i]; call != null; call = call.twin) {
                failed += call.fail(failure) ? 1 : 0;
            }
        }
        return failed;
    }

    @Override
    public long expire(long arrivedUntilNanos, Function<Object, ? extends Throwable> failureOfKey) {
        long oldest = Long.MAX_VALUE;
        for (int i = 0; i < keyCount; i++) {
            for (Call<K, V> call = distinct[i]; call != null; call = call.twin) {
                if (call.isDone()) {
                    continue;
                }
                if (call.arrivedNanos <= arrivedUntilNanos) {
                    call.fail(failureOfKey.apply(call.key));
                } else {
                    oldest = Math.min(oldest, call.arrivedNanos);
                }
            }
        }
        return oldest;
    }
}
