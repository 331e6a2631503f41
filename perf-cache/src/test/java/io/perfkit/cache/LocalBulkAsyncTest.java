package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.testkit.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls for many keys and calls that hold no thread, in a region without a shared tier. */
@Timeout(60)
class LocalBulkAsyncTest {

    private static final Duration TTL = Duration.ofMinutes(10);

    private final ManualClock clock = new ManualClock();
    private final List<Runnable> background = new ArrayList<>();
    private final PerfCache cache = PerfCache.builder("shop")
            .ticker(clock::nanoTime)
            .executor(this::inBackground)
            .build();
    private final CacheRegion<String> region = cache.region(
            "user",
            String.class,
            CachePolicy.builder()
                    .ttl(TTL)
                    .staleWhileRevalidate(Duration.ofMinutes(1))
                    .staleIfError(Duration.ofHours(1))
                    .build());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Set<String>> asked = new ArrayList<>();

    @AfterEach
    void close() {
        cache.close();
        threads.shutdownNow();
    }

    /** What the local tier's map does for itself is done at once. */
    private void inBackground(Runnable task) {
        if (task.getClass().getName().startsWith("io.perfkit.")) {
            background.add(task);
        } else {
            task.run();
        }
    }

    private Map<String, String> load(Set<String> keys) {
        asked.add(keys);
        Map<String, String> values = new HashMap<>();
        keys.stream().filter(key -> !key.startsWith("none")).forEach(key -> values.put(key, key + asked.size()));
        values.put("nobody asked for", "this");
        return values;
    }

    // bulk

    @Test
    void getOrSetAll_nullTtl_cachesAbsence() {
        CacheRegion<String> own = cache.region(
                "absent",
                String.class,
                CachePolicy.builder().nullTtl(Duration.ofMinutes(1)).build());
        assertThat(own.getOrSetAll(List.of("none", "a"), this::load)).containsOnlyKeys("a");
        assertThat(own.getOrSetAll(List.of("none", "a"), this::load)).containsOnlyKeys("a");
        assertThat(asked).hasSize(1);
    }

    @Test
    void getOrSetAll_stale_servesAndRefreshesAllInOneLoad() {
        region.getOrSetAll(List.of("a", "b"), this::load);
        clock.advance(TTL);
        assertThat(region.getOrSetAll(List.of("a", "b"), this::load)).containsValues("a1", "b1");
        assertThat(asked).hasSize(1);
        assertThat(background).hasSize(1);
        background.remove(0).run();
        assertThat(asked).hasSize(2).last().isEqualTo(Set.of("a", "b"));
        assertThat(region.getOrSetAll(List.of("a", "b"), this::load)).containsValues("a2", "b2");
    }

    @Test
    void getOrSetAll_loaderFails_staleValuesStandInOrTheFailureIsThrown() {
        region.put("a", "old");
        clock.advance(TTL.plusMinutes(2));
        assertThat(region.getOrSetAll(List.of("a"), keys -> {
                    throw new java.io.IOException("down");
                }))
                .containsExactly(Map.entry("a", "old"));
        assertThatThrownBy(() -> region.getOrSetAll(List.of("a", "never loaded"), keys -> {
                    throw new java.io.IOException("down");
                }))
                .isInstanceOf(CacheLoadException.class)
                .hasRootCauseMessage("down");
        assertThatThrownBy(() -> region.getOrSetAll(List.of("x"), keys -> null))
                .isInstanceOf(CacheException.class)
                .hasMessage("The bulk loader of region 'user' returned null: return a map, without the keys that have "
                        + "no value");
        // Nobody is left behind.
        assertThat(region.getOrSet("x", () -> "1")).isEqualTo("1");
    }

    @Test
    void getOrSetAll_anotherLoadsSome_waitsForThoseAndLoadsTheOthers() throws Exception {
        CompletableFuture<String> held = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        Future<String> single = threads.submit(() -> region.getOrSet("a", () -> {
            begun.countDown();
            return held.get();
        }));
        begun.await();
        Future<Map<String, String>> bulk = threads.submit(() -> region.getOrSetAll(List.of("a", "b"), keys -> {
            held.complete("single");
            return load(keys);
        }));
        assertThat(bulk.get()).containsExactly(Map.entry("a", "single"), Map.entry("b", "b1"));
        assertThat(single.get()).isEqualTo("single");
        assertThat(asked).containsExactly(Set.of("b"));
    }

    @Test
    void getOrSetAll_anotherGivesUp_loadsWhatIsLeft() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<String> held = new CompletableFuture<>();
        Future<Map<String, String>> first = threads.submit(() -> region.getOrSetAll(List.of("a"), keys -> {
            begun.countDown();
            held.get();
            return Map.of();
        }));
        begun.await();
        Future<Map<String, String>> second = threads.submit(() -> region.getOrSetAll(List.of("a", "b"), keys -> {
            held.complete("");
            return load(keys);
        }));
        assertThat(first.get()).isEmpty();
        assertThat(second.get()).containsOnlyKeys("a", "b");
    }

    @Test
    void getOrSetAll_loaderAsksForOneOfItsKeys_isToldSo() {
        assertThatThrownBy(() ->
                        region.getOrSetAll(List.of("a", "b"), keys -> Map.of("a", region.getOrSet("b", () -> "inner"))))
                .isInstanceOf(RecursiveLoadException.class);
        assertThat(region.getOrSetAll(List.of("a", "b"), this::load)).hasSize(2);
    }

    @Test
    void getOrSetAll_invalidatedDuringTheLoad_isNotKept() {
        assertThat(region.getOrSetAll(List.of("a", "b"), keys -> {
                    region.invalidate("a");
                    return load(keys);
                }))
                .hasSize(2);
        assertThat(region.getIfPresent("a")).isNull();
        assertThat(region.getIfPresent("b")).isEqualTo("b1");
    }

    @Test
    void putAllAndInvalidateAll_takeEffectOnEachKey() {
        Map<String, String> values = new LinkedHashMap<>(Map.of("a", "1", "b", "2"));
        assertThat(region.putAll(values).isAcknowledged()).isTrue();
        assertThat(region.getIfPresent("b")).isEqualTo("2");
        assertThat(region.invalidateAll(List.of("a", "b")).isAcknowledged()).isTrue();
        assertThat(region.getIfPresent("a")).isNull();
        values.put("c", null);
        assertThatThrownBy(() -> region.putAll(values)).hasMessage("the value of key 'c'");
        assertThat(region.getIfPresent("a")).as("nothing is half done").isNull();
    }

    @Test
    void keys_pattern_listsLiveKeysOfTheLocalTier() {
        region.put("a:1", "1");
        region.put("a:2", "1");
        region.put("b:1", "1");
        region.invalidatePattern("a:2*");
        try (var keys = region.keys("a:*")) {
            assertThat(keys).containsExactly("a:1");
        }
    }

    @Test
    void decorate_function_isComputedOncePerKey() {
        List<Integer> computed = new ArrayList<>();
        var square = region.<Integer>decorate(n -> "square:" + n, n -> {
            computed.add(n);
            return "" + n * n;
        });
        assertThat(square.apply(3)).isEqualTo("9");
        assertThat(square.apply(3)).isEqualTo("9");
        assertThat(computed).containsExactly(3);
    }

    // async

    @Test
    void getOrSetAsync_loadEndsLater_answersAllWithoutAThread() {
        CompletableFuture<String> loading = new CompletableFuture<>();
        CompletableFuture<String> first = region.getOrSetAsync("a", key -> loading);
        CompletableFuture<String> second = region.getOrSetAsync("a", key -> CompletableFuture.completedFuture("other"));
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        loading.complete("1");
        assertThat(first).isCompletedWithValue("1");
        assertThat(second).isCompletedWithValue("1");
        assertThat(region.getOrSet("a", () -> "2")).isEqualTo("1");
        assertThat(region.stats().coalesced()).isEqualTo(1);
    }

    @Test
    void getOrSetAsync_oneCallerCancels_theOthersGetTheValue() {
        CompletableFuture<String> loading = new CompletableFuture<>();
        CompletableFuture<String> first = region.getOrSetAsync("a", key -> loading);
        CompletableFuture<String> second = region.getOrSetAsync("a", key -> loading);
        first.cancel(true);
        loading.complete("1");
        assertThat(second).isCompletedWithValue("1");
    }

    @Test
    void getOrSetAsync_failures_reachEveryCallerAndAreNotCached() {
        CompletableFuture<String> loading = new CompletableFuture<>();
        CompletableFuture<String> first = region.getOrSetAsync("a", key -> loading);
        CompletableFuture<String> second = region.getOrSetAsync("a", key -> loading);
        loading.completeExceptionally(new IllegalStateException("down"));
        for (CompletableFuture<String> call : List.of(first, second)) {
            assertThatThrownBy(call::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> region.getOrSetAsync("a", key -> {
                            throw new IllegalStateException("thrown");
                        })
                        .join())
                .hasRootCauseMessage("thrown");
        assertThatThrownBy(() -> region.getOrSetAsync("a", key -> null).join())
                .hasMessageContaining("returned null instead of a stage");
        assertThatThrownBy(() -> region.getOrSetAsync("a", key -> CompletableFuture.completedFuture(null))
                        .join())
                .hasMessageContaining("nullTtl");
        assertThat(region.getOrSetAsync("a", key -> CompletableFuture.completedFuture("1")))
                .isCompletedWithValue("1");
    }

    @Test
    void getOrSetAsync_invalidatedDuringTheLoad_isNotKeptAndNotJoined() {
        CompletableFuture<String> loading = new CompletableFuture<>();
        CompletableFuture<String> first = region.getOrSetAsync("a", key -> loading);
        region.invalidate("a");
        CompletableFuture<String> second = region.getOrSetAsync("a", key -> CompletableFuture.completedFuture("new"));
        assertThat(second).isCompletedWithValue("new");
        loading.complete("old");
        assertThat(first).isCompletedWithValue("old");
        assertThat(region.getIfPresent("a")).isEqualTo("new");
    }
}
