package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.testkit.time.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

/** What the settings of a policy do in a region without a shared tier. */
@Timeout(60)
class LocalPolicyTest {

    private static final Duration TTL = Duration.ofMinutes(10);

    private final ManualClock clock = new ManualClock();
    private final List<Runnable> background = new ArrayList<>();
    private final PerfCache cache = PerfCache.builder("shop")
            .ticker(clock::nanoTime)
            .executor(this::inBackground)
            .build();
    private final ExecutorService threads = Executors.newCachedThreadPool();

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

    private CacheRegion<String> region(CachePolicy.Builder policy) {
        return cache.region("user", String.class, policy.ttl(TTL).build());
    }

    private void runBackground() {
        List<Runnable> tasks = List.copyOf(background);
        background.clear();
        tasks.forEach(Runnable::run);
    }

    // staleIfError

    @Test
    void staleIfError_windowOver_failureReachesTheCaller() {
        CacheRegion<String> region = region(CachePolicy.builder().staleIfError(Duration.ofMinutes(1)));
        region.getOrSet("a", () -> "old");
        clock.advance(TTL.plusMinutes(1));
        assertThatThrownBy(() -> region.getOrSet("a", () -> {
                    throw new IllegalStateException("down");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("down");
    }

    @Test
    void staleIfError_invalidatedWhileTheLoadFails_neverServesTheOldValueLater() {
        CacheRegion<String> region = region(CachePolicy.builder().staleIfError(Duration.ofHours(2)));
        region.getOrSet("a", () -> "old");
        clock.advance(TTL);
        assertThatThrownBy(() -> region.getOrSet("a", () -> {
                    region.invalidate("a");
                    throw new IllegalStateException("down");
                }))
                .hasMessage("down");
        assertThat(region.getOrSet("a", () -> "new")).isEqualTo("new");
    }

    @Test
    void staleIfError_alone_doesNotServeStaleValuesToCallsThatCanLoad() {
        CacheRegion<String> region = region(CachePolicy.builder().staleIfError(Duration.ofHours(2)));
        region.getOrSet("a", () -> "old");
        clock.advance(TTL);
        assertThat(region.getIfPresent("a")).isNull();
        assertThat(region.getOrSet("a", () -> "new")).isEqualTo("new");
    }

    // refreshAhead

    @Test
    void refreshAhead_longBeforeTheEnd_neverRefreshes() {
        CacheRegion<String> region = region(CachePolicy.builder().refreshAhead(1));
        region.getOrSet("a", () -> "old");
        for (int i = 0; i < 10_000; i++) {
            assertThat(region.getOrSet("a", key -> "new")).isEqualTo("old");
        }
        assertThat(background).isEmpty();
    }

    @Test
    void refreshAhead_nearTheEnd_oneCallRefreshesInTheBackgroundAndAllAreServed() {
        CacheRegion<String> region = region(CachePolicy.builder().refreshAhead(1));
        region.getOrSet("a", () -> {
            clock.advance(Duration.ofSeconds(1));
            return "old";
        });
        clock.advance(TTL.minusNanos(1));
        for (int i = 0; i < 1_000; i++) {
            assertThat(region.getOrSet("a", key -> "new")).isEqualTo("old");
        }
        assertThat(background).hasSize(1);
        runBackground();
        assertThat(region.getOrSet("a", key -> "newer")).isEqualTo("new");
        assertThat(region.stats().staleServed()).isZero();
    }

    @Test
    void refreshAhead_probability_isThatOfXFetch() {
        Lifetimes lifetimes =
                new Lifetimes(CachePolicy.builder().refreshAhead(2).build());
        Duration ttl = Duration.ofSeconds(100);
        Life life = new Life(ttl.toNanos(), 0, 0, 1_000_000_000L, List.of());
        Entry<String> entry = lifetimes.entry("a", 0, 0, life, 1);
        // With beta 2 and a load of 1 s: P(refresh at t before the end) = exp(-t / 2 s).
        for (double before : new double[] {0.5, 2, 6}) {
            long now = ttl.toNanos() - (long) (before * 1e9);
            int refreshed = 0;
            int tries = 200_000;
            for (int i = 0; i < tries; i++) {
                refreshed += lifetimes.refreshesAhead(entry, now) ? 1 : 0;
            }
            double expected = Math.exp(-before / 2);
            double deviation = Math.sqrt(expected * (1 - expected) / tries);
            assertThat(refreshed / (double) tries).isBetween(expected - 6 * deviation, expected + 6 * deviation);
        }
        assertThat(entry.plainUntil).isEqualTo(ttl.toNanos() - 42_000_000_000L);
    }

    // nullTtl

    @Test
    void nullTtl_notSet_nullIsAnErrorThatSaysWhatToDo() {
        CacheRegion<String> region = region(CachePolicy.builder());
        assertThatThrownBy(() -> region.getOrSet("a", () -> null))
                .isInstanceOf(CacheException.class)
                .hasMessage("The loader of key 'a' of region 'user' returned null: set the policy's nullTtl to cache "
                        + "absence, or return a value that stands for it, such as Optional.empty()");
    }

    // load timeouts: real time, and loaders that end when they are told to

    private CacheRegion<String> timed(PerfCache own) {
        return own.region(
                "timed",
                String.class,
                CachePolicy.builder()
                        .ttl(TTL)
                        .staleIfError(Duration.ofHours(1))
                        .loadTimeout(Duration.ofMillis(20), Duration.ofMillis(200))
                        .build());
    }

    @Test
    void softTimeout_invalidated_doesNotServeTheOldValue() {
        try (PerfCache own = PerfCache.builder("own")
                .ticker(clock::nanoTime)
                .executor(threads)
                .build()) {
            CacheRegion<String> region = timed(own);
            region.getOrSet("a", () -> "old");
            region.invalidate("a");
            CompletableFuture<String> late = new CompletableFuture<>();
            assertThatThrownBy(() -> region.getOrSet("a", () -> late.get())).isInstanceOf(LoadTimeoutException.class);
            late.complete("new");
        }
    }

    @Test
    void hardTimeout_loaderAsksForItsOwnKey_isToldSoAtOnce() {
        try (PerfCache own = PerfCache.builder("own")
                .ticker(clock::nanoTime)
                .executor(threads)
                .build()) {
            CacheRegion<String> region = timed(own);
            assertThatThrownBy(() -> region.getOrSet("a", () -> region.getOrSet("a", () -> "inner")))
                    .isInstanceOf(RecursiveLoadException.class);
        }
    }

    @Test
    void hardTimeout_asyncAndBulk_areBoundedToo() {
        try (PerfCache own = PerfCache.builder("own")
                .ticker(clock::nanoTime)
                .executor(threads)
                .build()) {
            CacheRegion<String> region = timed(own);
            CompletableFuture<String> late = new CompletableFuture<>();
            assertThatThrownBy(() -> region.getOrSetAsync("a", key -> late).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(LoadTimeoutException.class);
            assertThatThrownBy(() -> region.getOrSetAll(List.of("b", "c"), keys -> Map.of("b", late.get())))
                    .isInstanceOf(LoadTimeoutException.class)
                    .hasMessageContaining("'b', 'c'");
            late.complete("new");
        }
    }

    // expire

    @Test
    void expire_nothingStaleAllowed_loadsAnewButKeepsTheOldValueForAFailure() {
        CacheRegion<String> region = region(CachePolicy.builder().staleIfError(Duration.ofMinutes(5)));
        region.put("a", "old");
        region.expire("a");
        assertThat(region.getOrSet("a", () -> {
                    throw new IOException("down");
                }))
                .isEqualTo("old");
        clock.advance(Duration.ofSeconds(1));
        assertThat(region.getOrSet("a", () -> "new")).isEqualTo("new");
        region.expirePattern("*");
        assertThat(region.getOrSet("a", () -> "newer")).isEqualTo("newer");
    }

    @Test
    void expire_duringALoad_theLoadedValueIsNotFresh() {
        CacheRegion<String> region = region(CachePolicy.builder());
        for (String how : List.of("key", "pattern")) {
            assertThat(region.getOrSet(how, () -> {
                        if (how.equals("key")) {
                            region.expire(how);
                        } else {
                            region.expirePattern("patt*");
                        }
                        return "from before";
                    }))
                    .isEqualTo("from before");
            assertThat(region.getOrSet(how, () -> "new")).as(how).isEqualTo("new");
        }
    }

    // tags and the loader's context

    @Test
    void invalidateTag_valuesThatCarryIt_areGone() {
        CacheRegion<String> region = region(CachePolicy.builder());
        region.getOrSet("a", (key, context) -> {
            context.tags("red", "round");
            return "1";
        });
        region.getOrSet("b", (key, context) -> {
            context.tags("round");
            return "1";
        });
        region.invalidateTag("red");
        assertThat(region.getIfPresent("a")).isNull();
        assertThat(region.getIfPresent("b")).isEqualTo("1");
        region.invalidateTag("round");
        assertThat(region.getIfPresent("b")).isNull();
    }

    @Test
    void invalidateTag_duringTheLoad_theValueIsNotKept() {
        CacheRegion<String> region = region(CachePolicy.builder());
        region.getOrSet("a", (key, context) -> {
            context.tags("red");
            region.invalidateTag("red");
            return "old";
        });
        assertThat(region.getOrSet("a", () -> "new")).isEqualTo("new");
    }

    @Test
    void context_staleValue_isThatOfTheEntryPastItsTime() {
        CacheRegion<String> region = region(CachePolicy.builder().staleIfError(Duration.ofHours(1)));
        assertThat(region.getOrSet("a", (key, context) -> key + context.staleValue()))
                .isEqualTo("anull");
        clock.advance(TTL);
        assertThat(region.getOrSet("a", (key, context) -> "was " + context.staleValue()))
                .isEqualTo("was anull");
        region.invalidate("a");
        assertThat(region.getOrSet("a", (key, context) -> "was " + context.staleValue()))
                .isEqualTo("was null");
    }

    @Test
    void context_ttl_isTheValuesOwn() {
        CacheRegion<String> region = region(CachePolicy.builder().nullTtl(Duration.ofSeconds(1)));
        region.getOrSet("a", (key, context) -> {
            context.ttl(Duration.ofSeconds(5));
            return "1";
        });
        region.getOrSet("none", (key, context) -> {
            context.ttl(Duration.ofSeconds(5));
            return null;
        });
        clock.advance(Duration.ofSeconds(5).minusNanos(1));
        assertThat(region.getOrSet("a", () -> "2")).isEqualTo("1");
        assertThat(region.getOrSet("none", () -> "2")).isNull();
        clock.advance(Duration.ofNanos(1));
        assertThat(region.getOrSet("a", () -> "2")).isEqualTo("2");
    }

    @Test
    void context_doNotStore_isAnsweredAndForgotten() {
        CacheRegion<String> region = region(CachePolicy.builder());
        assertThat(region.getOrSet("a", (key, context) -> {
                    context.doNotStore();
                    return "1";
                }))
                .isEqualTo("1");
        assertThat(region.getIfPresent("a")).isNull();
        assertThat(region.getOrSet("a", (key, context) -> {
                    context.doNotStore();
                    return null;
                }))
                .isNull();
    }

    @Test
    void context_badTags_areRejected() {
        LoadContext<String> context = new LoadContext<>(null);
        assertThatThrownBy(() -> context.tags("ok", "")).hasMessage("A tag must have 1 to 200 characters, but was ''");
        assertThatThrownBy(() -> context.tags(new String[17]))
                .hasMessage("A value may have at most 16 tags, but was given 17");
        assertThatThrownBy(() -> region(CachePolicy.builder()).invalidateTag(""))
                .hasMessageContaining("A tag");
    }

    @Test
    void withTtl_valuesLoadedThroughTheView_liveThatLong() {
        CacheRegion<String> region = region(CachePolicy.builder());
        CacheRegion<String> brief = region.withTtl(Duration.ofSeconds(1));
        brief.getOrSet("a", () -> "1");
        brief.put("b", "1");
        region.put("c", "1");
        assertThat(region.getIfPresent("a")).isEqualTo("1");
        clock.advance(Duration.ofSeconds(1));
        assertThat(region.getIfPresent("a")).isNull();
        assertThat(region.getIfPresent("b")).isNull();
        assertThat(region.getIfPresent("c")).isEqualTo("1");
    }

    @Test
    void copying_callersChangeTheirValues_theCacheKeepsItsOwn() {
        CacheRegion<int[]> shared = cache.region("arrays", new ArrayCodec(), CachePolicy.of(TTL));
        CacheRegion<int[]> region = shared.copying(int[]::clone);
        int[] loaded = region.getOrSet("a", () -> new int[] {1});
        loaded[0] = 2;
        region.getOrSet("a", key -> new int[] {0})[0] = 2;
        region.getIfPresent("a")[0] = 2;
        region.getOrSetAll(List.of("a"), keys -> Map.of()).get("a")[0] = 2;
        region.getOrSetAsync("a", key -> CompletableFuture.completedFuture(new int[] {0}))
                .join()[0] = 2;
        assertThat(shared.getIfPresent("a")).containsExactly(1);
        int[] put = {5};
        region.put("b", put);
        region.putAll(Map.of("c", put));
        put[0] = 6;
        assertThat(shared.getIfPresent("b")).containsExactly(5);
        assertThat(shared.getIfPresent("c")).containsExactly(5);
        assertThat(region.withTtl(TTL).getIfPresent("b")).isNotSameAs(shared.getIfPresent("b"));
    }

    private static final class ArrayCodec implements Codec<int[]> {

        @Override
        public byte[] encode(int[] value) {
            throw new IllegalStateException("nothing is shared here");
        }

        @Override
        public int[] decode(byte[] bytes) {
            throw new IllegalStateException("nothing is shared here");
        }
    }

    // background

    @Test
    void refresh_inTheBackground_hasTheCallersContext() {
        List<String> seen = new ArrayList<>();
        ThreadLocal<String> tenant = new ThreadLocal<>();
        try (PerfCache own = PerfCache.builder("own")
                .ticker(clock::nanoTime)
                .executor(this::inBackground)
                .taskDecorator(task -> {
                    String mine = tenant.get();
                    return () -> {
                        tenant.set(mine);
                        task.run();
                        tenant.remove();
                    };
                })
                .build()) {
            CacheRegion<String> region = own.region(
                    "r",
                    String.class,
                    CachePolicy.builder().ttl(TTL).staleWhileRevalidate(TTL).build());
            region.getOrSet("a", () -> "old");
            clock.advance(TTL);
            MDC.put("request", "r-1");
            tenant.set("t-1");
            region.getOrSet("a", key -> {
                seen.add(MDC.get("request") + " " + tenant.get());
                return "new";
            });
            MDC.put("request", "r-2");
            tenant.set("t-2");
            runBackground();
            assertThat(seen).containsExactly("r-1 t-1");
            assertThat(MDC.get("request")).isEqualTo("r-2");
        } finally {
            MDC.clear();
        }
    }

    @Test
    void listener_everyKindOfEvent_isTold() {
        List<String> events = new ArrayList<>();
        CacheListener listener = new CacheListener() {
            @Override
            public void onHit(String region, String key, Tier tier, boolean stale) {
                events.add("hit " + region + " " + key + " " + tier + " " + stale);
            }

            @Override
            public void onLoad(String region, String key, Duration took, Throwable failure) {
                events.add("load " + region + " " + key + " " + failure);
            }

            @Override
            public void onInvalidation(String region, Scope scope, String subject, boolean remote) {
                events.add("invalidation " + region + " " + scope + " " + subject + " " + remote);
                throw new IllegalStateException("a listener's failure is its own");
            }
        };
        try (PerfCache own = PerfCache.builder("own").listener(listener).build()) {
            CacheRegion<String> region = own.region("r", String.class, CachePolicy.of(TTL));
            region.getOrSet("a", key -> "1");
            region.getOrSet("a", key -> "1");
            region.invalidatePattern("a*");
            region.invalidateTag("t");
            region.invalidate("a");
            region.clear();
        }
        assertThat(events)
                .containsExactly(
                        "load r a null",
                        "hit r a LOCAL false",
                        "invalidation r PATTERN a* false",
                        "invalidation r TAG t false",
                        "invalidation r KEY a false",
                        "invalidation r EVERYTHING  false");
    }
}
