package io.perfkit.cache;

import io.perfkit.cache.spi.SharedTier;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Storing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Stores loaded values in the shared tier, each where the fence that its loader found still stands. Never waits. */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class SharedStores<V> {

    /** A loaded value that is to be stored where its fence stands. */
    record Loaded<V>(String key, Found<V> found, Encoded value, Life life) {}

    private final RegionLink link;
    private final ValueFormat<V> values;
    private final Counters counters;
    private final SharedBreaker breaker;

    SharedStores(RegionLink link, ValueFormat<V> values, Counters counters, SharedBreaker breaker) {
        this.link = link;
        this.values = values;
        this.counters = counters;
        this.breaker = breaker;
    }

    /** Replaces a fence by an entry. The result says whether it was stored; it never fails. */
    private CompletableFuture<Boolean> fill(String key, byte[] fence, Head head, Encoded value, Life life) {
        SharedTier.Region region = link.remote();
        Storing entry = region == null ? null : values.storing(key, fence, head, value, life);
        if (region == null || entry == null) {
            return CompletableFuture.completedFuture(false);
        }
        return breaker.submit(
                        counters,
                        () -> region.store(key, fence, entry.front(), entry.freshMillis(), entry.rest(), entry.life()),
                        0)
                .handle((stored, failure) -> stored(stored));
    }

    /** The same for many, in one round. The result says whether another may go out; it never fails. */
    CompletableFuture<Boolean> fillAll(List<Storing> entries) {
        SharedTier.Region region = link.remote();
        if (region == null || entries.isEmpty()) {
            return CompletableFuture.completedFuture(link.isUsable());
        }
        return breaker.<List<Boolean>>submitAll(counters, () -> region.storeAll(entries))
                .thenApply(answers -> {
                    for (List<Boolean> part : answers == null ? List.<@Nullable List<Boolean>>of() : answers) {
                        if (part != null) {
                            part.forEach(this::stored);
                        }
                    }
                    return link.isUsable();
                });
    }

    private boolean stored(@Nullable Boolean stored) {
        if (Boolean.FALSE.equals(stored)) {
            counters.refusedStores.increment();
        }
        return Boolean.TRUE.equals(stored);
    }

    /** Stores a loaded value where its fence still stands. Does not wait. */
    void store(String key, Found<V> found, Encoded value, Life life) {
        byte[] fence = found.fence();
        Head head = found.head();
        if (fence != null) {
            var unused = fill(key, fence, head, value, life);
        }
    }

    /** The same for many, in rounds. */
    void storeAll(List<Loaded<V>> loaded) {
        if (loaded.size() == 1) {
            Loaded<V> one = loaded.get(0);
            store(one.key(), one.found(), one.value(), one.life());
            return;
        }
        List<Storing> entries = new ArrayList<>(loaded.size());
        for (Loaded<V> each : loaded) {
            byte[] fence = each.found().fence();
            Head head = each.found().head();
            Storing entry = fence == null ? null : values.storing(each.key(), fence, head, each.value(), each.life());
            if (entry != null) {
                entries.add(entry);
            }
        }
        Rounds.send(entries.size(), Rounds.KEYS_AT_ONCE, (from, to) -> fillAll(entries.subList(from, to)), from -> {});
    }
}
