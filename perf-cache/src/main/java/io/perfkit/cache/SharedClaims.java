package io.perfkit.cache;

import io.perfkit.cache.spi.SharedTier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * What keeps several nodes from loading the same key at once: the lease that a read plants where there is nothing, and the
 * claim to refresh a value that is past its time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class SharedClaims<V> {

    /** So many are claimed in one round, whose time limit is that of one command. */
    private static final int KEYS_AT_ONCE = 1_024;

    /** What keeps others from a key, and is to be removed. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Fence(String key, byte[] bytes) {}

    private final RegionLink link;
    private final Counters counters;
    private final SharedBreaker breaker;

    SharedClaims(RegionLink link, Counters counters, SharedBreaker breaker) {
        this.link = link;
        this.counters = counters;
        this.breaker = breaker;
    }

    /**
     * Whether this node is the one to refresh a value; false only if another has claimed that. Never fails. The claim is
     * void as soon as the value is another one.
     */
    CompletableFuture<Boolean> claimRefresh(String key, Found<V> found, Duration life) {
        SharedTier.Region region = link.remote();
        byte[] generation = found.fence();
        if (region == null || generation == null) {
            return CompletableFuture.completedFuture(true);
        }
        return breaker.submit(counters, () -> region.claim(key, generation, life), 0)
                .handle((claimed, failure) -> failure != null || claimed);
    }

    /**
     * The same for many, in rounds like those of reading. Waits; those are absent for which there was no answer.
     */
    Map<String, Boolean> claimRefreshes(Map<String, Found<V>> found, Duration life) {
        SharedTier.Region region = link.remote();
        Map<String, Boolean> claimed = new HashMap<>();
        if (region == null) {
            return claimed;
        }
        List<String> keys = new ArrayList<>(found.size());
        List<byte[]> generations = new ArrayList<>(found.size());
        found.forEach((key, there) -> {
            byte[] generation = there.fence();
            if (generation != null) {
                keys.add(key);
                generations.add(generation);
            }
        });
        for (int from = 0; from < keys.size() && claimed.size() == from; from += KEYS_AT_ONCE) {
            int first = from;
            int end = Math.min(keys.size(), from + KEYS_AT_ONCE);
            breaker.<Boolean>callAll(
                    counters,
                    () -> {
                        List<CompletionStage<Boolean>> answers = new ArrayList<>(end - first);
                        for (int i = first; i < end; i++) {
                            answers.add(region.claim(keys.get(i), generations.get(i), life));
                        }
                        return answers;
                    },
                    new SharedBreaker.Waited(),
                    mine -> claimed.put(keys.get(claimed.size()), mine));
        }
        return claimed;
    }

    /**
     * Gives up what keeps other nodes from loading: the lease that a read planted, if it still stands, or the claim to
     * refresh what it found.
     */
    void release(String key, Found<V> found) {
        releaseAll(Map.of(key, found));
    }

    /** Removes a fence, if it still stands. Does not wait. */
    void remove(String key, byte[] fence) {
        removeAll(List.of(new Fence(key, fence)));
    }

    /** The same for many, in rounds. */
    void removeAll(List<Fence> fences) {
        askEach(fences, (region, fence) -> region.remove(fence.key(), fence.bytes()));
    }

    /** Gives up many, as {@link #release} does, in rounds. */
    void releaseAll(Map<String, Found<V>> given) {
        List<Fence> leases = new ArrayList<>();
        List<Fence> claims = new ArrayList<>();
        given.forEach((key, found) -> {
            byte[] fence = found.fence();
            if (fence != null && found.present()) {
                claims.add(new Fence(key, fence));
            } else if (fence != null && found.leaseIsOurs()) {
                leases.add(new Fence(key, fence));
            }
        });
        removeAll(leases);
        askEach(claims, (region, claim) -> region.unclaim(claim.key(), claim.bytes()));
    }

    private void askEach(List<Fence> fences, BiFunction<SharedTier.Region, Fence, CompletionStage<Boolean>> command) {
        Rounds.send(
                fences.size(),
                Rounds.KEYS_AT_ONCE,
                (from, to) -> {
                    SharedTier.Region region = link.remote();
                    if (region == null) {
                        return CompletableFuture.completedFuture(false);
                    }
                    return breaker.<Boolean>submitAll(counters, () -> {
                                List<CompletionStage<Boolean>> sent = new ArrayList<>(to - from);
                                for (Fence fence : fences.subList(from, to)) {
                                    sent.add(command.apply(region, fence));
                                }
                                return sent;
                            })
                            .thenApply(answers -> link.isUsable());
                },
                from -> {});
    }
}
