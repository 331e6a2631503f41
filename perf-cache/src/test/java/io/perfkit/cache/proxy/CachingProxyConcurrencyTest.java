package io.perfkit.cache.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.RecursiveLoadException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many callers, one load. */
@Timeout(60)
class CachingProxyConcurrencyTest {

    private static final int THREADS = 32;

    interface Names {

        @Cached(region = "name", key = "{id}")
        Optional<String> find(long id);

        @Cached(region = "name", key = "{id}")
        CompletableFuture<String> findLater(long id);

        @Cached(region = "name", key = "{ids}")
        Map<Long, String> findAll(@BulkKey Set<Long> ids);

        @Cached(region = "name", key = "self:{id}")
        String findByItself(long id);

        @Invalidates(region = "name", key = "{id}")
        void rename(long id);
    }

    private final PerfCache cache = PerfCache.builder("shop").build();
    private final CacheRegion<String> region = cache.region("name", String.class, CachePolicy.of(Duration.ofHours(1)));
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final AtomicInteger loads = new AtomicInteger();
    private final CompletableFuture<String> loaded = new CompletableFuture<>();
    private final CountDownLatch loading = new CountDownLatch(1);
    private Names names;

    CachingProxyConcurrencyTest() {
        names = CachingProxy.of(
                Names.class,
                new Names() {
                    @Override
                    public Optional<String> find(long id) {
                        loads.incrementAndGet();
                        loading.countDown();
                        return Optional.ofNullable(loaded.join());
                    }

                    @Override
                    public CompletableFuture<String> findLater(long id) {
                        loads.incrementAndGet();
                        loading.countDown();
                        return loaded;
                    }

                    @Override
                    public Map<Long, String> findAll(Set<Long> ids) {
                        loads.addAndGet(ids.size());
                        loading.countDown();
                        loaded.join();
                        return ids.stream().collect(java.util.stream.Collectors.toMap(id -> id, id -> "n" + id));
                    }

                    @Override
                    public String findByItself(long id) {
                        return names.findByItself(id);
                    }

                    @Override
                    public void rename(long id) {}
                },
                cache);
    }

    @AfterEach
    void close() {
        cache.close();
        threads.shutdownNow();
    }

    private <T> List<T> all(java.util.concurrent.Callable<T> call) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            futures.add(threads.submit(() -> {
                start.await();
                return call.call();
            }));
        }
        loading.await();
        loaded.complete("n1");
        List<T> results = new ArrayList<>();
        for (Future<T> each : futures) {
            results.add(each.get());
        }
        return results;
    }

    @Test
    void find_manyThreads_loadOnce() throws Exception {
        assertThat(all(() -> names.find(1))).hasSize(THREADS).containsOnly(Optional.of("n1"));
        assertThat(loads).hasValue(1);
    }

    @Test
    void findLater_manyThreads_loadOnce() throws Exception {
        assertThat(all(() -> names.findLater(1).join())).hasSize(THREADS).containsOnly("n1");
        assertThat(loads).hasValue(1);
    }

    @Test
    void findAll_manyThreads_loadEachElementOnce() throws Exception {
        assertThat(all(() -> names.findAll(Set.of(1L, 2L, 3L)))).containsOnly(Map.of(1L, "n1", 2L, "n2", 3L, "n3"));
        assertThat(loads).hasValue(3);
    }

    @Test
    void rename_duringALoad_theLoadedValueDoesNotStay() throws Exception {
        Future<Optional<String>> old = threads.submit(() -> names.find(1));
        loading.await();
        names.rename(1);
        loaded.complete("old");
        assertThat(old.get()).contains("old");
        assertThat(region.getIfPresent("1")).isNull();
    }

    @Test
    void method_thatCallsItselfThroughTheProxy_isToldSo() {
        assertThatThrownBy(() -> names.findByItself(1))
                .isInstanceOf(RecursiveLoadException.class)
                .hasMessageContaining("self:1");
    }

    @Test
    void findLater_whileLoading_holdsNoThread() {
        CompletableFuture<String> first = names.findLater(1);
        CompletableFuture<String> second = names.findLater(1);
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        second.cancel(true);
        loaded.complete("n1");
        await().atMost(Duration.ofSeconds(10)).pollDelay(Duration.ZERO).until(first::isDone);
        assertThat(first.join()).isEqualTo("n1");
        assertThat(loads).hasValue(1);
    }
}
