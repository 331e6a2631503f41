package io.perfkit.batching.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.perfkit.batching.Batcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

/** With Micrometer's context propagation on the class path, a batch has the context of its first caller. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PropagatedContextTest {
    private static final ThreadLocal<String> USER = new ThreadLocal<>();

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService one = Executors.newSingleThreadExecutor();

    @BeforeEach
    void register() {
        ContextRegistry.getInstance().registerThreadLocalAccessor("perfkit.test.user", USER);
    }

    @AfterEach
    void remove() {
        ContextRegistry.getInstance().removeThreadLocalAccessor("perfkit.test.user");
        USER.remove();
        MDC.clear();
        one.shutdownNow();
    }

    private Batcher.Builder<Integer, Integer> builder() {
        return Batcher.<Integer, Integer>builder("users", keys -> {
                    seen.add(USER.get() + " " + MDC.get("trace"));
                    return keys.stream().collect(Collectors.toMap(key -> key, key -> key));
                })
                .executor(one);
    }

    private static void be(String user, String trace) {
        USER.set(user);
        MDC.put("trace", trace);
    }

    @Test
    void batch_byDefault_hasTheContextOfItsFirstCaller_andTheThreadNoneAfterwards() throws Exception {
        try (Batcher<Integer, Integer> batcher =
                builder().window(Duration.ofSeconds(30)).build()) {
            be("ada", "t1");
            CompletableFuture<Integer> first = batcher.load(1);
            be("bob", "t2");
            CompletableFuture<Integer> second = batcher.load(2);
            batcher.flush();
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(seen).containsExactly("ada t1");
            assertThat(one.submit(() -> USER.get() + " " + MDC.get("trace")).get())
                    .isEqualTo("null null");
            // This thread keeps its own.
            assertThat(USER.get()).isEqualTo("bob");
            assertThat(MDC.get("trace")).isEqualTo("t2");
        }
    }

    @Test
    void bulkCall_hasTheContextOfItsCaller_andAnOwnRunThatOfItsThread() throws Exception {
        try (Batcher<Integer, Integer> batcher = builder().build()) {
            be("ada", "t1");
            assertThat(batcher.loadAll(List.of(1, 2)).get(10, TimeUnit.SECONDS)).isEqualTo(Map.of(1, 1, 2, 2));
            assertThat(batcher.get(3)).isEqualTo(3);
        }
        assertThat(seen).containsExactly("ada t1", "ada t1");
    }

    /** A thread that waits carries out batches of others; they must not run with its user. */
    @Test
    void batchOfACallerWithoutContext_thatAWaitingThreadCarriesOut_hasNone() throws Exception {
        CountDownLatch attached = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        // The first batch begins when its step is attached, which would run in this thread otherwise.
        var unused = one.submit(() -> attached.await(10, TimeUnit.SECONDS));
        try (Batcher<Integer, Integer> batcher =
                builder().maximumConcurrentBatches(1).maximumBatchSize(1).build()) {
            be("ada", "t1");
            CompletableFuture<Integer> chained = batcher.load(1).thenApply(value -> {
                asked.countDown();
                try {
                    assertThat(goOn.await(10, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return batcher.get(3);
            });
            attached.countDown();
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            USER.remove();
            MDC.clear();
            CompletableFuture<Integer> other = batcher.load(2);
            goOn.countDown();
            assertThat(chained.get(10, TimeUnit.SECONDS)).isEqualTo(3);
            assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo(2);
        }
        assertThat(seen).containsExactly("ada t1", "null null", "ada t1");
    }

    @Test
    void decoratorOfTheApplication_replacesIt() throws Exception {
        try (Batcher<Integer, Integer> batcher =
                builder().taskDecorator(UnaryOperator.identity()).build()) {
            be("ada", "t1");
            assertThat(batcher.load(1).get(10, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(seen).containsExactly("null null");
    }
}
