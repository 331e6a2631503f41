package io.perfkit.connections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.perfkit.testkit.time.ManualClock;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BoundedPoolTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final ManualClock clock = new ManualClock();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger alive = new AtomicInteger();
    private final AtomicInteger mostAlive = new AtomicInteger();
    private final AtomicInteger resets = new AtomicInteger();
    private final AtomicReference<Throwable> failing = new AtomicReference<>();
    private volatile String failingStep = "";
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private final class Thing {
        final int number = made.incrementAndGet();

        Thing() {
            mostAlive.accumulateAndGet(alive.incrementAndGet(), Math::max);
        }
    }

    private void step(String name) throws Exception {
        Throwable failure = failing.get();
        if (failingStep.equals(name) && failure != null) {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        }
    }

    private void fail(String name, Throwable with) {
        failing.set(with);
        failingStep = name;
    }

    private BoundedPool.Builder<Thing> pool(int size) {
        return BoundedPool.<Thing>builder("things", () -> {
                    step("create");
                    return new Thing();
                })
                .size(size)
                .reset(thing -> {
                    step("reset");
                    resets.incrementAndGet();
                })
                .validate(thing -> {
                    step("validate");
                    return true;
                })
                .destroy(thing -> {
                    alive.decrementAndGet();
                    step("destroy");
                })
                .ticker(clock::nanoTime);
    }

    @Test
    void acquire_afterAReturn_reusesTheObjectAndResetsItOnce() {
        BoundedPool<Thing> pool = pool(2).build();
        Lease<Thing> closed = pool.acquire(LONG);
        Thing first = closed.value();
        closed.close();
        closed.close();
        assertThatThrownBy(closed::value)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'things'");
        try (Lease<Thing> lease = pool.acquire(Duration.ZERO)) {
            assertThat(lease.value()).isSameAs(first);
        }
        assertThat(resets).hasValue(2);
        assertThat(pool.stats().acquired()).isEqualTo(2);
    }

    @Test
    void acquire_everyStepFailsByExceptionOrError_losesNoPlace() {
        for (Throwable failure : List.of(
                new IllegalStateException("x"),
                new Exception("checked"),
                new AssertionError("e"),
                new StackOverflowError())) {
            for (String step : List.of("create", "reset", "validate", "destroy")) {
                BoundedPool<Thing> pool = pool(1).build();
                pool.acquire(LONG).close();
                pool.evictAll();
                fail(step, failure);
                for (int i = 0; i < 3; i++) {
                    try (Lease<Thing> lease = pool.acquire(Duration.ZERO)) {
                        lease.invalidate();
                    } catch (Throwable expected) {
                        assertThat(step).isEqualTo("create");
                        assertThat(expected == failure || expected.getCause() == failure)
                                .isTrue();
                    }
                }
                fail("", failure);
                pool.acquire(Duration.ZERO).close();
                assertThat(pool.stats().held()).as("%s in %s", failure, step).isZero();
                pool.close();
                assertThat(alive).as("%s in %s", failure, step).hasValue(0);
            }
        }
        assertThat(mostAlive).hasValue(1);
    }

    @Test
    void invalidate_destroysTheObjectOnReturn() {
        BoundedPool<Thing> pool = pool(1).build();
        Lease<Thing> lease = pool.acquire(LONG);
        Thing bad = lease.value();
        lease.invalidate();
        lease.close();
        assertThat(alive).hasValue(0);
        try (Lease<Thing> next = pool.acquire(Duration.ZERO)) {
            assertThat(next.value()).isNotSameAs(bad);
        }
    }

    @Test
    void reset_thatFails_destroysTheObjectAndServesTheNextWithANewOne() throws Exception {
        BoundedPool<Thing> pool = pool(1).build();
        Lease<Thing> lease = pool.acquire(LONG);
        Future<Integer> waiter = threads.submit(() -> {
            try (Lease<Thing> own = pool.acquire(LONG)) {
                return own.value().number;
            }
        });
        await().until(() -> pool.stats().waiting() == 1);
        fail("reset", new IllegalStateException("reset"));
        lease.close();
        assertThat(waiter.get(5, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(mostAlive).hasValue(1);
    }

    @Test
    void acquire_whenAllAreHeld_timesOutWithTheListOfHolders() throws Exception {
        BoundedPool<Thing> pool = pool(1).recordCallSites(true).build();
        Lease<Thing> lease = pool.acquire(LONG);
        assertThat(pool.tryAcquire()).isNull();
        PoolTimeoutException e = catchThrowableOfType(PoolTimeoutException.class, () -> pool.acquire(Duration.ZERO));
        assertThat((Throwable) e)
                .hasMessageContaining("'things'")
                .hasMessageContaining("thread '" + Thread.currentThread().getName() + "'");
        assertThat(e.holders())
                .singleElement()
                .satisfies(h -> assertThat(h.callSite().getStackTrace())
                        .anyMatch(frame -> frame.getClassName().endsWith("BoundedPoolTest")));
        assertThat(pool.stats().timeouts()).isEqualTo(1);
        lease.close();
    }

    @Test
    void acquire_interruptedWhileWaiting_failsAndStaysInterrupted() throws Exception {
        BoundedPool<Thing> pool = pool(1).build();
        Lease<Thing> held = pool.acquire(LONG);
        AtomicInteger seen = new AtomicInteger();
        Thread waiter = new Thread(() -> {
            try {
                pool.acquire(LONG);
            } catch (ConnectionException e) {
                seen.set(
                        e.getMessage().startsWith("Interrupted")
                                        && Thread.currentThread().isInterrupted()
                                ? 1
                                : 2);
            }
        });
        waiter.start();
        await().until(() -> pool.stats().waiting() == 1);
        waiter.interrupt();
        waiter.join();
        assertThat(seen).hasValue(1);
        held.close();
        assertThat(pool.stats().waiting()).isZero();
    }

    @Test
    void resize_upAndDown_servesWaitersAndDestroysWhatIsTooMuch() throws Exception {
        BoundedPool<Thing> pool = pool(1).build();
        Lease<Thing> first = pool.acquire(LONG);
        Future<Lease<Thing>> waiter = threads.submit(() -> pool.acquire(LONG));
        await().until(() -> pool.stats().waiting() == 1);
        pool.resize(3);
        Lease<Thing> second = waiter.get(5, TimeUnit.SECONDS);
        Lease<Thing> third = pool.acquire(Duration.ZERO);
        pool.resize(1);
        assertThat(pool.tryAcquire()).isNull();
        third.close();
        second.close();
        assertThat(alive).hasValue(1);
        assertThat(pool.tryAcquire()).isNull();
        first.close();
        assertThat(pool.stats().maximum()).isEqualTo(1);
        pool.acquire(Duration.ZERO).close();
        assertThat(mostAlive).hasValue(3);
        assertThatThrownBy(() -> pool.resize(0)).hasMessage("size must be at least 1, but was 0");
    }

    @Test
    void objects_tooOldOrTooIdle_areReplaced() {
        BoundedPool<Thing> pool = pool(1).maximumAge(Duration.ofMinutes(10))
                .idleAfter(Duration.ofMinutes(2))
                .build();
        pool.acquire(LONG).close();
        clock.advance(Duration.ofSeconds(119));
        pool.acquire(LONG).close();
        assertThat(made).hasValue(1);
        clock.advance(Duration.ofSeconds(120));
        pool.acquire(LONG).close();
        assertThat(made).hasValue(2);
        for (int i = 0; i < 10; i++) {
            clock.advance(Duration.ofSeconds(60));
            pool.acquire(LONG).close();
        }
        assertThat(made).hasValue(3);
        assertThat(alive).hasValue(1);
    }

    @Test
    void closeWithin_withLeasesAndWaiters_failsWaitersAndWaitsForLeases() throws Exception {
        BoundedPool<Thing> pool = pool(1).ticker(System::nanoTime).build();
        Lease<Thing> lease = pool.acquire(LONG);
        Future<Lease<Thing>> waiter = threads.submit(() -> pool.acquire(LONG));
        await().until(() -> pool.stats().waiting() == 1);
        assertThat(pool.close(Duration.ofMillis(20))).isEqualTo(new CloseReport(0, 1, 0));
        assertThatThrownBy(waiter::get).hasRootCauseMessage("Pool 'things' is closed.");
        assertThatThrownBy(() -> pool.acquire(Duration.ZERO)).hasMessage("Pool 'things' is closed.");
        assertThatThrownBy(pool::tryAcquire).hasMessage("Pool 'things' is closed.");
        lease.close();
        assertThat(alive).hasValue(0);
        assertThat(pool.close(Duration.ZERO)).isEqualTo(new CloseReport(0, 0, 0));
    }

    @Test
    void lease_dropped_isTakenBackForWhoeverWaits() throws Exception {
        BoundedPool<Thing> pool = pool(1).ticker(System::nanoTime).build();
        WeakReference<Lease<Thing>> dropped = new WeakReference<>(pool.acquire(LONG));
        await().until(() -> {
            System.gc();
            return dropped.get() == null;
        });
        assertThat(pool.holders())
                .singleElement()
                .satisfies(h -> assertThat(h.state()).isEqualTo(Holder.State.ABANDONED));
        threads.submit(() -> {
                    pool.acquire(LONG).close();
                    return null;
                })
                .get(5, TimeUnit.SECONDS);
        assertThat(mostAlive).hasValue(1);
    }

    @Test
    void nestedAcquires_ofAllHolders_failTheYoungest() {
        BoundedPool<Thing> pool = pool(1).ticker(System::nanoTime).build();
        try (Lease<Thing> outer = pool.acquire(LONG)) {
            assertThatThrownBy(() -> pool.acquire(LONG))
                    .isInstanceOf(PoolTimeoutException.class)
                    .hasMessageContaining("held by a thread that waits for another one");
            assertThat(outer.value()).isNotNull();
        }
    }

    @Test
    void load_withFailuresAndResizes_staysWithinTheBoundAndLeaksNothing() throws Exception {
        List<Throwable> wrong = new CopyOnWriteArrayList<>();
        BoundedPool<Thing> pool = BoundedPool.<Thing>builder("load", () -> {
                    if (new Random().nextInt(10) == 0) {
                        throw new IllegalStateException("sometimes");
                    }
                    return new Thing();
                })
                .size(4)
                .passFor(Duration.ofMillis(1))
                .reset(thing -> {
                    if (thing.number % 7 == 0) {
                        throw new AssertionError("sometimes");
                    }
                })
                .destroy(thing -> alive.decrementAndGet())
                .build();
        List<Future<?>> load = new ArrayList<>();
        for (int t = 0; t < 16; t++) {
            load.add(threads.submit(() -> {
                for (int i = 0; i < 500; i++) {
                    try (Lease<Thing> lease = pool.acquire(LONG)) {
                        if (lease.value().number % 5 == 0) {
                            lease.invalidate();
                        }
                    } catch (IllegalStateException sometimes) {
                        assertThat(sometimes).hasMessage("sometimes");
                    } catch (Throwable e) {
                        wrong.add(e);
                    }
                }
            }));
        }
        for (int i = 0; i < 20; i++) {
            pool.resize(1 + i % 4);
            Thread.onSpinWait();
        }
        for (Future<?> each : load) {
            each.get(20, TimeUnit.SECONDS);
        }
        assertThat(wrong).isEmpty();
        assertThat(mostAlive.get()).isLessThanOrEqualTo(4);
        pool.close();
        assertThat(alive).hasValue(0);
        assertThat(pool.stats().held()).isZero();
    }
}
