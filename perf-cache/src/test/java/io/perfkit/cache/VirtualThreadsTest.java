package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Freshness rule 7 where callers are virtual threads, which only newer Javas have. */
@EnabledForJreRange(min = JRE.JAVA_21)
@Timeout(60)
class VirtualThreadsTest {

    private static final int CALLERS = 1_000;

    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        Method factory = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
        return (ExecutorService) factory.invoke(null);
    }

    @Test
    void getOrSet_thousandVirtualThreadsOnAColdKey_loadsOnce() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        AtomicInteger asking = new AtomicInteger();
        CountDownLatch everybodyIsHere = new CountDownLatch(1);
        ExecutorService callers = virtualThreads();
        try (PerfCache cache = PerfCache.builder("virtual").build()) {
            CacheRegion<String> region = cache.region("r", String.class, CachePolicy.of(Duration.ofHours(1)));
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                answers.add(callers.submit(() -> {
                    asking.incrementAndGet();
                    return region.getOrSet("k", () -> {
                        loads.incrementAndGet();
                        everybodyIsHere.await();
                        return "value";
                    });
                }));
            }
            await().until(() -> asking.get() == CALLERS);
            // A virtual thread that waits for the load holds no carrier: the last one would not have come this far.
            everybodyIsHere.countDown();
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo("value");
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(loads).hasValue(1);
    }
}
