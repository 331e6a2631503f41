package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.perfkit.cache.proxy.CachingProxy;
import io.perfkit.cache.proxy.Invalidates;
import io.perfkit.cache.spi.SharedTier.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Second invalidations, by a timer that a test holds, and by the real one. */
@Timeout(60)
class ChangeScheduleTest {

    private record Task(Duration delay, Runnable work) {}

    private final List<Task> tasks = new ArrayList<>();
    private final List<String> applied = new ArrayList<>();
    private final PerfCache cache = PerfCache.builder("shop").build();
    private final CacheRegion<String> region = cache.region("user", String.class, CachePolicy.of(Duration.ofHours(1)));
    private final CoarseClock clock = CoarseClock.of(System::nanoTime);
    private final ChangeSchedule schedule =
            new ChangeSchedule((delay, work) -> tasks.add(new Task(delay, work)), new FailureLog("shop", clock));

    @AfterEach
    void close() {
        cache.close();
    }

    private Supplier<Invalidation> change(String name) {
        return () -> {
            applied.add(name);
            return Invalidation.DONE;
        };
    }

    private Invalidation issue(String key) {
        return schedule.issue(region, Kind.KEY, key, change("put " + key), change("invalidate " + key));
    }

    private void runTasks() {
        List<Task> due = List.copyOf(tasks);
        tasks.clear();
        due.forEach(task -> task.work().run());
    }

    @Test
    void repeatAfter_afterTheDelay_invalidatesOnceMore() {
        Invalidation invalidation = issue("a");
        assertThat(invalidation.repeatAfter(Duration.ofSeconds(2))).isSameAs(invalidation);
        assertThat(applied).containsExactly("put a");
        assertThat(tasks).extracting(Task::delay).containsExactly(Duration.ofSeconds(2));
        runTasks();
        runTasks();
        assertThat(applied).containsExactly("put a", "invalidate a");
    }

    @Test
    void repeatAfter_ofManyKeys_repeatsAll() {
        schedule.issueAll(
                        List.of("a", "b"),
                        this::issue,
                        change("all"),
                        keys -> change("again " + keys).get())
                .repeatAfter(Duration.ofSeconds(1));
        runTasks();
        assertThat(applied).containsExactly("all", "again [a, b]");
    }

    @Test
    void repeatAfter_deferred_countsFromWhenItIsApplied() {
        Deferral deferral = schedule.defer();
        Invalidation invalidation = issue("a").repeatAfter(Duration.ofSeconds(1));
        issue("a").repeatAfter(Duration.ofSeconds(2));
        assertThat(tasks).isEmpty();
        deferral.commit();
        assertThat(applied).containsExactly("put a");
        assertThat(tasks).extracting(Task::delay).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
        invalidation.repeatAfter(Duration.ofSeconds(3));
        assertThat(tasks).hasSize(3);
    }

    @Test
    void repeatAfter_repetitionInsideADeferral_isNotCollected() {
        issue("a").repeatAfter(Duration.ofSeconds(1));
        try (Deferral deferral = schedule.defer()) {
            runTasks();
            assertThat(applied).containsExactly("put a", "invalidate a");
            deferral.commit();
        }
    }

    @Test
    void repeatAfter_closed_isCancelledAndHoldsNothing() {
        issue("a").repeatAfter(Duration.ofSeconds(1));
        schedule.close();
        runTasks();
        issue("b").repeatAfter(Duration.ofSeconds(1));
        runTasks();
        assertThat(applied).containsExactly("put a", "put b");
    }

    @Test
    void repeatAfter_failure_isLoggedAndNotThrown() {
        schedule.issue(region, Kind.KEY, "a", change("a"), () -> {
                    throw new CacheException("unreachable");
                })
                .repeatAfter(Duration.ofSeconds(1));
        runTasks();
        assertThat(tasks).isEmpty();
    }

    @Test
    void repeatAfter_badTimes_areRefused() {
        Invalidation invalidation = issue("a");
        assertThatThrownBy(() -> invalidation.repeatAfter(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("repeatAfter must be at least 1 ms, but was PT0S");
        assertThatThrownBy(() -> invalidation.repeatAfter(Duration.ofHours(2)))
                .hasMessage("repeatAfter must be at most 1 hour, but was PT2H");
    }

    @Test
    void apply_oneFails_theOthersAreAppliedAndItsExceptionThrown() {
        Deferral deferral = schedule.defer();
        Invalidation failing = schedule.issue(region, Kind.KEY, "a", () -> {
            throw new CacheException("first");
        });
        schedule.issue(region, Kind.KEY, "b", () -> {
            throw new CacheException("second");
        });
        Invalidation sound = issue("c");
        Invalidation elsewhere = schedule.issue(
                cache.region("other", String.class, CachePolicy.of(Duration.ofHours(1))), Kind.KEY, "d", change("d"));
        assertThatThrownBy(deferral::commit)
                .hasMessage("first")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(applied).containsExactly("put c", "d");
        assertThat(elsewhere.isAcknowledged()).isTrue();
        assertThatThrownBy(() -> failing.await(Duration.ZERO)).hasRootCauseMessage("first");
        assertThatThrownBy(() -> sound.await(Duration.ZERO)).hasRootCauseMessage("first");
    }

    @Test
    void timer_executorRejects_triesAgain() {
        AtomicInteger attempts = new AtomicInteger();
        CompletableFuture<Void> done = new CompletableFuture<>();
        ChangeSchedule.timer(task -> {
                    if (attempts.incrementAndGet() < 3) {
                        throw new RejectedExecutionException("full");
                    }
                    task.run();
                })
                .after(Duration.ofMillis(1), () -> done.complete(null));
        done.join();
        assertThat(attempts).hasValue(3);
    }

    @Test
    void region_repeated_losesWhatAReplicaBroughtBack() {
        region.invalidate("1").repeatAfter(Duration.ofMillis(200));
        region.getOrSet("1", () -> "of the replica");
        region.invalidateAll(List.of("3")).repeatAfter(Duration.ofMillis(200));
        region.getOrSet("3", () -> "of the replica");
        await().atMost(Duration.ofSeconds(10))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> region.getIfPresent("1") == null && region.getIfPresent("3") == null);
    }

    @Test
    void all_repeatsAndAwaitsEach() {
        Invalidation both = Invalidation.all(List.of(issue("a"), issue("b"))).repeatAfter(Duration.ofSeconds(1));
        assertThat(both.await(Duration.ZERO)).isTrue();
        runTasks();
        assertThat(applied).containsExactly("put a", "put b", "invalidate a", "invalidate b");
    }

    @Test
    void all_ofNone_isAcknowledgedAndChecksItsTime() {
        Invalidation none = Invalidation.all(List.of());
        assertThat(none.isAcknowledged()).isTrue();
        assertThat(none.repeatAfter(Duration.ofSeconds(1))).isSameAs(none);
        assertThatThrownBy(() -> none.repeatAfter(Duration.ofHours(2))).isInstanceOf(IllegalArgumentException.class);
    }

    interface Users {
        @Invalidates(region = "user", key = "{id}", repeatAfter = "100ms")
        void rename(String id);
    }

    @Test
    void annotation_repeats() {
        CachingProxy.of(Users.class, id -> {}, cache).rename("1");
        region.getOrSet("1", () -> "of the replica");
        await().atMost(Duration.ofSeconds(10))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> region.getIfPresent("1") == null);
    }
}
