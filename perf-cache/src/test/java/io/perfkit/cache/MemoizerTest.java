package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.testkit.time.ManualClock;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoizerTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Object> calls = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    private String slow(Object key) {
        calls.add(key);
        return "v" + key;
    }

    @Test
    void apply_again_isRemembered() {
        Function<String, Pattern> compile = Memoizer.of(Pattern::compile, 1_000);
        assertThat(compile.apply("a+")).isSameAs(compile.apply("a+")).isNotSameAs(compile.apply("b+"));
    }

    @Test
    void apply_null_isAResult() {
        Memoizer<String, String> memoizer = Memoizer.of(
                key -> {
                    calls.add(key);
                    return null;
                },
                10);
        assertThat(memoizer.apply("a")).isNull();
        assertThat(memoizer.apply("a")).isNull();
        assertThat(calls).hasSize(1);
    }

    @Test
    void apply_exception_isUnchangedAndNotRemembered() {
        AtomicReference<RuntimeException> failure = new AtomicReference<>(new IllegalStateException("down"));
        Memoizer<String, String> memoizer = Memoizer.of(
                key -> {
                    if (failure.get() != null) {
                        throw failure.get();
                    }
                    return slow(key);
                },
                10);
        assertThatThrownBy(() -> memoizer.apply("a")).isSameAs(failure.get());
        failure.set(null);
        assertThat(memoizer.apply("a")).isEqualTo("va");
    }

    @Test
    void apply_manyThreads_computeOnce() throws Exception {
        CyclicBarrier start = new CyclicBarrier(16);
        CountDownLatch computing = new CountDownLatch(1);
        Memoizer<String, String> memoizer = Memoizer.of(
                key -> {
                    try {
                        computing.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return slow(key);
                },
                10);
        List<Future<String>> results = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            results.add(threads.submit(() -> {
                start.await();
                return memoizer.apply("a");
            }));
        }
        computing.countDown();
        for (Future<String> each : results) {
            assertThat(each.get()).isEqualTo("va");
        }
        assertThat(calls).hasSize(1);
    }

    @Test
    void size_exceeded_forgets() {
        Memoizer<Integer, String> memoizer = Memoizer.of(this::slow, 10);
        for (int i = 0; i < 1_000; i++) {
            memoizer.apply(i);
        }
        assertThat(memoizer.estimatedSize()).isLessThanOrEqualTo(10);
    }

    @Test
    void settings_bad_areRefused() {
        assertThatThrownBy(() -> Memoizer.of(this::slow, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maximumSize must be at least 1, but was 0");
        assertThatThrownBy(() -> Memoizer.of(this::slow, 1, Duration.ZERO))
                .hasMessage("ttl must be at least 1 ms, but was PT0S");
        assertThatThrownBy(() -> Memoizer.of(this::slow, 1).apply(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void ttl_over_computesAgain() {
        ManualClock clock = new ManualClock();
        Memoizer<String, String> memoizer = Memoizer.of(
                key -> {
                    clock.advance(Duration.ofHours(2));
                    return slow(key);
                },
                10,
                Duration.ofHours(1),
                clock::nanoTime);
        memoizer.apply("a");
        clock.advance(Duration.ofHours(1).minusNanos(1));
        memoizer.apply("a");
        assertThat(calls).hasSize(1);
        clock.advance(Duration.ofNanos(1));
        memoizer.apply("a");
        assertThat(calls).hasSize(2);
        assertThat(Memoizer.of(this::slow, 10, Duration.ofHours(1)).apply("b")).isEqualTo("vb");
    }

    @Test
    void invalidate_andClear_forget() {
        Memoizer<String, String> memoizer = Memoizer.of(this::slow, 10);
        memoizer.apply("a");
        memoizer.apply("b");
        memoizer.invalidate("a");
        memoizer.apply("a");
        memoizer.apply("b");
        assertThat(calls).containsExactly("a", "b", "a");
        memoizer.clear();
        memoizer.apply("b");
        assertThat(calls).hasSize(4);
    }

    @Test
    void invalidate_whileComputing_theResultIsNotRemembered() {
        AtomicReference<Memoizer<String, String>> self = new AtomicReference<>();
        for (Memoizer<String, String> memoizer : List.of(
                Memoizer.<String, String>of(key -> forgetful(self, key), 10),
                Memoizer.<String, String>of(key -> forgetful(self, key), 10, Duration.ofHours(1)))) {
            calls.clear();
            self.set(memoizer);
            memoizer.apply("a");
            memoizer.apply("a");
            assertThat(calls).hasSize(2);
        }
    }

    private String forgetful(AtomicReference<Memoizer<String, String>> self, String key) {
        self.get().invalidate(key);
        return slow(key);
    }

    @Test
    void recursion_otherKeys_works() {
        AtomicReference<Memoizer<Integer, BigInteger>> fibonacci = new AtomicReference<>();
        AtomicInteger computed = new AtomicInteger();
        fibonacci.set(Memoizer.of(
                n -> {
                    computed.incrementAndGet();
                    return n < 2
                            ? BigInteger.valueOf(n)
                            : fibonacci.get().apply(n - 1).add(fibonacci.get().apply(n - 2));
                },
                1_000));
        assertThat(fibonacci.get().apply(200)).isEqualTo(new BigInteger("280571172992510140037611932413038677189525"));
        assertThat(computed).hasValue(201);
    }

    @Test
    void recursion_ownKey_isRefused() {
        AtomicReference<Memoizer<String, String>> self = new AtomicReference<>();
        self.set(Memoizer.of(key -> self.get().apply(key.equals("a") ? "b" : "a"), 10));
        assertThatThrownBy(() -> self.get().apply("a"))
                .isInstanceOf(RecursiveLoadException.class)
                .hasMessage(
                        "A Memoizer is asked for 'a' by a computation that this very value waits for, directly or in "
                                + "a circle with other threads: no value can be made of itself. Let the function end before it "
                                + "comes back to a key");
        assertThatThrownBy(() -> self.get().apply("a")).isInstanceOf(RecursiveLoadException.class);
    }

    @Test
    void recursion_acrossThreadsAndARegion_isRefusedWithoutDeadlock() throws Exception {
        try (PerfCache cache = PerfCache.builder("shop").executor(Runnable::run).build()) {
            CacheRegion<String> region = cache.region("r", String.class, CachePolicy.of(Duration.ofHours(1)));
            CyclicBarrier both = new CyclicBarrier(2);
            Memoizer<String, String> memoizer = Memoizer.of(
                    key -> {
                        meet(both);
                        return region.getOrSet("k", () -> "free");
                    },
                    10);
            Future<String> first = threads.submit(() -> memoizer.apply("k"));
            Future<String> second = threads.submit(() -> region.getOrSet("k", () -> {
                meet(both);
                return memoizer.apply("k");
            }));
            assertThat(List.of(outcome(first), outcome(second))).allMatch(o -> o instanceof RecursiveLoadException);
        }
    }

    private static void meet(CyclicBarrier both) {
        try {
            both.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object outcome(Future<String> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }
}
