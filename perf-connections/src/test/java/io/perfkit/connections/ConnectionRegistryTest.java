package io.perfkit.connections;

import static io.perfkit.connections.ConnectionLimitException.Limit.PER_OWNER;
import static io.perfkit.connections.ConnectionLimitException.Limit.TOTAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.perfkit.testkit.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionRegistryTest {
    private final ManualClock clock = new ManualClock();
    private final List<String> closed = new ArrayList<>();
    private ConnectionRegistry<String, String> registry = build(limits(3, 2));

    @AfterEach
    void close() {
        registry.close();
    }

    private ConnectionRegistry.Builder<String, String> limits(int total, int perOwner) {
        return ConnectionRegistry.<String, String>builder("dashboard")
                .maximumTotal(total)
                .maximumPerOwner(perOwner)
                .ticker(clock::nanoTime)
                .sweepEvery(Duration.ofDays(1))
                .closeExecutor(Runnable::run)
                .sendExecutor(Runnable::run)
                .onClose((connection, reason) -> closed.add(connection + " " + reason));
    }

    private ConnectionRegistry<String, String> build(ConnectionRegistry.Builder<String, String> builder) {
        registry = builder.build(nanos -> clock.advance(Duration.ofNanos(nanos)));
        return registry;
    }

    private void sweepAfter(Duration time) {
        clock.advance(time);
        registry.sweep();
    }

    @Test
    void register_whenOwnerIsFull_rejectsWithThatLimitAndLeavesNothingBehind() {
        registry.register("ann", "a1");
        registry.register("ann", "a2");
        ConnectionLimitException e =
                catchThrowableOfType(ConnectionLimitException.class, () -> registry.register("ann", "a3"));
        assertThat(e.limit()).isEqualTo(PER_OWNER);
        assertThat(e.maximum()).isEqualTo(2);
        assertThat(e)
                .hasMessageContaining("'dashboard'")
                .hasMessageContaining("'ann'")
                .hasMessageContaining("maximumPerOwner=2");
        assertThat(registry.stats().connectionsByOwner()).isEqualTo(Map.of("ann", 2));
        assertThat(registry.stats().rejected()).isEqualTo(1);
        assertThat(closed).isEmpty();
    }

    @Test
    void register_whenTotalIsFull_rejectsANewOwnerWithoutAnEntryForIt() {
        registry.register("ann", "a1");
        registry.register("ann", "a2");
        registry.register("bob", "b1");
        ConnectionLimitException e =
                catchThrowableOfType(ConnectionLimitException.class, () -> registry.register("cid", "c1"));
        assertThat(e.limit()).isEqualTo(TOTAL);
        assertThat(e).hasMessageContaining("maximumTotal=3");
        assertThat(registry.stats().total()).isEqualTo(3);
        assertThat(registry.stats().connectionsByOwner()).doesNotContainKey("cid");
    }

    @Test
    void close_ofTheLastConnection_leavesNoEntryForTheOwner() {
        Registration one = registry.register("ann", "a1");
        Registration two = registry.register("ann", "a2");
        one.close();
        assertThat(registry.stats().connectionsByOwner()).isEqualTo(Map.of("ann", 1));
        two.close();
        assertThat(registry.stats().connectionsByOwner()).isEmpty();
        assertThat(registry.stats().total()).isZero();
        registry.register("ann", "a3");
    }

    @Test
    void close_twice_closesTheConnectionOnce() {
        Registration one = registry.register("ann", "a1");
        assertThat(one.isOpen()).isTrue();
        one.close();
        one.close();
        registry.close();
        assertThat(one.isOpen()).isFalse();
        assertThat(closed).containsExactly("a1 CLIENT");
    }

    @Test
    void register_withEvictOldest_closesTheOldestOfThatOwnerFirst() {
        build(limits(3, 2).whenFull(WhenFull.EVICT_OLDEST));
        registry.register("bob", "b1");
        registry.register("ann", "a1");
        registry.register("ann", "a2");
        registry.register("ann", "a3");
        assertThat(closed).containsExactly("a1 EVICTED");
        registry.register("cid", "c1");
        assertThat(closed).containsExactly("a1 EVICTED", "b1 EVICTED");
        assertThat(registry.stats().total()).isEqualTo(3);
    }

    @Test
    void register_whenOnlyTheTotalIsFull_evictsOfTheSameOwnerFirst() {
        build(limits(3, 3).whenFull(WhenFull.EVICT_OLDEST));
        registry.register("bob", "b1");
        registry.register("bob", "b2");
        registry.register("ann", "a1");
        registry.register("ann", "a2");
        assertThat(closed).containsExactly("a1 EVICTED");
    }

    @Test
    void register_withEvictIdlest_closesTheOneTouchedLongestAgo() {
        build(limits(3, 3).whenFull(WhenFull.EVICT_IDLEST));
        Registration a1 = registry.register("ann", "a1");
        registry.register("ann", "a2");
        Registration b1 = registry.register("bob", "b1");
        sweepAfter(Duration.ofSeconds(1));
        a1.touch();
        Registration a3 = registry.register("ann", "a3");
        assertThat(closed).containsExactly("a2 EVICTED");
        sweepAfter(Duration.ofSeconds(1));
        a3.touch();
        b1.touch();
        registry.register("cid", "c1");
        assertThat(closed).containsExactly("a2 EVICTED", "a1 EVICTED");
    }

    @Test
    void sweep_afterIdleTime_closesOnlyThoseNotTouched() {
        build(limits(10, 10).idleAfter(Duration.ofSeconds(10)));
        Registration used = registry.register("ann", "used");
        registry.register("ann", "unused");
        sweepAfter(Duration.ofSeconds(1));
        sweepAfter(Duration.ofSeconds(8));
        used.touch();
        sweepAfter(Duration.ofSeconds(1));
        assertThat(closed).isEmpty();
        sweepAfter(Duration.ofSeconds(1));
        assertThat(closed).containsExactly("unused IDLE");
        sweepAfter(Duration.ofSeconds(8));
        assertThat(closed).containsExactly("unused IDLE");
        sweepAfter(Duration.ofSeconds(1));
        assertThat(closed).containsExactly("unused IDLE", "used IDLE");
    }

    @Test
    void sweep_afterALongPause_closesNothingThatWasTouchedSinceTheLastSweep() {
        build(limits(10, 10).idleAfter(Duration.ofSeconds(10)));
        Registration used = registry.register("ann", "used");
        sweepAfter(Duration.ofSeconds(1));
        clock.advance(Duration.ofHours(1));
        used.touch();
        registry.sweep();
        assertThat(closed).isEmpty();
        sweepAfter(Duration.ofSeconds(10));
        assertThat(closed).containsExactly("used IDLE");
    }

    @Test
    void sweep_afterMaximumAge_closesEvenThoseInUse() {
        build(limits(10, 10).maximumAge(Duration.ofSeconds(10)));
        Registration old = registry.register("ann", "old");
        sweepAfter(Duration.ofSeconds(1));
        registry.register("ann", "young");
        sweepAfter(Duration.ofSeconds(9));
        old.touch();
        sweepAfter(Duration.ofSeconds(1));
        assertThat(closed).containsExactly("old AGED");
    }

    @Test
    void sweep_with100000Connections_looksOnlyAtThoseThatExpire() {
        build(limits(100_000, 100_000).idleAfter(Duration.ofMinutes(5)).maximumAge(Duration.ofDays(1)));
        List<Registration> all = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            all.add(registry.register("o" + i, "early" + i));
        }
        sweepAfter(Duration.ofSeconds(1));
        for (int i = 7; i < 100_000; i++) {
            all.add(registry.register("o" + i, "c" + i));
        }
        for (int i = 1; i < 290; i++) {
            sweepAfter(Duration.ofSeconds(1));
        }
        assertThat(registry.visited()).isZero();
        for (int i = 0; i < 20; i++) {
            all.get(i + 7).touch();
        }
        sweepAfter(Duration.ofSeconds(11));
        assertThat(closed).hasSize(7).allMatch(c -> c.startsWith("early"));
        assertThat(registry.visited()).isEqualTo(7);
        sweepAfter(Duration.ofSeconds(1));
        assertThat(closed).hasSize(100_000 - 20);
        assertThat(registry.visited()).isEqualTo(100_000);
        assertThat(registry.stats().total()).isEqualTo(20);
    }

    @Test
    void onClose_thatThrows_isCountedAndHurtsNobodyElse() {
        build(limits(10, 10).idleAfter(Duration.ofSeconds(1)).onClose((connection, reason) -> {
            closed.add(connection);
            throw new IllegalStateException("broken");
        }));
        registry.register("ann", "a1");
        registry.register("ann", "a2");
        registry.register("ann", "a3").close();
        sweepAfter(Duration.ZERO);
        sweepAfter(Duration.ofSeconds(1));
        assertThat(closed).containsExactly("a3", "a1", "a2");
        assertThat(registry.stats().failedCloses()).isEqualTo(3);
        assertThat(registry.stats().closing()).isZero();
    }

    @Test
    void onClose_mayUseTheRegistry() {
        build(limits(10, 10).onClose((connection, reason) -> {
            if (connection.equals("a1")) {
                registry.register("ann", "again");
            }
        }));
        registry.register("ann", "a1").close();
        assertThat(registry.stats().connectionsByOwner()).isEqualTo(Map.of("ann", 1));
    }

    @Test
    void closeExecutor_thatRejects_doesNotPreventTheClose() {
        build(limits(1, 1).whenFull(WhenFull.EVICT_OLDEST).closeExecutor(task -> {
            throw new RejectedExecutionException("shut down");
        }));
        registry.register("ann", "a1");
        registry.register("ann", "a2");
        assertThat(closed).containsExactly("a1 EVICTED");
    }

    @Test
    void broadcast_whenOneFails_reachesTheOthers() {
        registry.register("ann", "a1");
        registry.register("ann", "a2");
        registry.register("bob", "b1");
        List<String> reached = new ArrayList<>();
        BroadcastReport report = registry.broadcast(connection -> {
            if (connection.equals("a2")) {
                throw new AssertionError("gone");
            }
            reached.add(connection);
        });
        assertThat(report).isEqualTo(new BroadcastReport(3, 0, 0));
        assertThat(registry.stats().failedSends()).isEqualTo(1);
        assertThat(reached).containsExactly("a1", "b1");
        assertThat(registry.broadcast("ann", reached::add).reached()).isEqualTo(2);
        assertThat(registry.broadcast("nobody", reached::add).reached()).isZero();
        assertThat(reached).containsExactly("a1", "b1", "a1", "a2");
    }

    @Test
    void closeWithin_spreadsTheClosingOverTheTimeAndRefusesNewOnes() {
        List<Long> times = new ArrayList<>();
        build(limits(100, 100).onClose((connection, reason) -> times.add(clock.nanoTime())));
        for (int i = 0; i < 100; i++) {
            registry.register("ann", "a" + i);
        }
        CloseReport report = registry.close(Duration.ofSeconds(10));
        assertThat(report).isEqualTo(new CloseReport(100, 0, 0));
        assertThat(clock.nanoTime()).isLessThanOrEqualTo(Duration.ofSeconds(10).toNanos());
        long firstHalf = times.stream().filter(t -> t < 4_500_000_000L).count();
        assertThat(firstHalf).isBetween(45L, 55L);
        assertThat(times.stream().distinct().count()).isGreaterThan(80);
        assertThatThrownBy(() -> registry.register("ann", "new"))
                .isInstanceOf(RegistryClosedException.class)
                .hasMessageContaining("'dashboard'");
    }

    @Test
    void closeWithin_withinNoTime_closesAllAtOnce() {
        registry.register("ann", "a1");
        registry.register("bob", "b1");
        assertThat(registry.close(Duration.ZERO)).isEqualTo(new CloseReport(2, 0, 0));
        assertThat(closed).containsExactly("a1 SHUTDOWN", "b1 SHUTDOWN");
    }

    @Test
    void closeWithin_whenACloseHangs_returnsInTimeAndReportsIt() {
        List<Runnable> stuck = new ArrayList<>();
        build(limits(3, 3).closeExecutor(stuck::add));
        registry.register("ann", "a1");
        registry.register("ann", "a2");
        assertThat(registry.close(Duration.ofSeconds(1))).isEqualTo(new CloseReport(0, 2, 0));
        assertThat(clock.nanoTime()).isEqualTo(Duration.ofSeconds(1).toNanos());
        stuck.forEach(Runnable::run);
        assertThat(registry.stats().closing()).isZero();
    }

    @Test
    void closeWithin_nothingLeft_sweepsNoMore() {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        scheduler.setRemoveOnCancelPolicy(true);
        build(limits(3, 3).scheduler(scheduler));
        registry.register("ann", "a1");
        assertThat(scheduler.getQueue()).hasSize(1);
        registry.close(Duration.ZERO);
        assertThat(scheduler.getQueue()).isEmpty();
        scheduler.shutdownNow();
    }

    @Test
    void closeWithin_aCloseHangs_sweepsUntilItHasEnded() {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        scheduler.setRemoveOnCancelPolicy(true);
        List<Runnable> stuck = new ArrayList<>();
        build(limits(3, 3).scheduler(scheduler).closeExecutor(stuck::add));
        registry.register("ann", "a1");
        registry.close(Duration.ZERO);
        assertThat(scheduler.getQueue()).hasSize(1);
        stuck.forEach(Runnable::run);
        registry.sweep();
        assertThat(scheduler.getQueue()).isEmpty();
        scheduler.shutdownNow();
    }

    @Test
    void closeWithin_whenInterrupted_closesTheRestAtOnce() {
        build(limits(3, 3));
        registry.close();
        registry = limits(3, 3).build(nanos -> {
            throw new InterruptedException();
        });
        registry.register("ann", "a1");
        registry.register("ann", "a2");
        CloseReport report = registry.close(Duration.ofHours(1));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(report).isEqualTo(new CloseReport(2, 0, 0));
    }

    @Test
    void ticks_withoutIdleTime_doNotPileUpBehindAnIdleConnection() {
        build(limits(3, 3).whenFull(WhenFull.EVICT_IDLEST));
        registry.register("ann", "a1");
        Registration b1 = registry.register("bob", "b1");
        registry.register("cid", "c1");
        for (int i = 0; i < 5_000; i++) {
            sweepAfter(Duration.ofSeconds(1));
        }
        assertThat(registry.ticks()).isLessThanOrEqualTo(1_024);
        b1.touch();
        registry.register("dan", "d1");
        registry.register("eve", "e1");
        assertThat(closed).containsExactly("a1 EVICTED", "c1 EVICTED");
    }

    @Test
    void settings_outOfRange_areRejectedAtOnce() {
        ConnectionRegistry.Builder<String, String> b = ConnectionRegistry.builder("x");
        assertThatThrownBy(() -> b.maximumTotal(-3)).hasMessage("maximumTotal must be at least 1, but was -3");
        assertThatThrownBy(() -> b.maximumPerOwner(0)).hasMessage("maximumPerOwner must be at least 1, but was 0");
        assertThatThrownBy(() -> b.idleAfter(Duration.ZERO)).hasMessage("idleAfter must be positive, but was PT0S");
        assertThatThrownBy(() -> b.maximumAge(Duration.ofSeconds(-1)))
                .hasMessage("maximumAge must be positive, but was PT-1S");
        assertThatThrownBy(() -> b.sweepEvery(Duration.ZERO)).hasMessage("sweepEvery must be positive, but was PT0S");
        assertThatThrownBy(() -> registry.close(Duration.ofSeconds(-1)))
                .hasMessage("within must not be negative, but was PT-1S");
    }

    @Test
    void settings_thatContradictOrAreMissing_failTheBuildByName() {
        ConnectionRegistry.Builder<String, String> b = ConnectionRegistry.builder("x");
        assertThatThrownBy(b::build).hasMessageContaining("maximumTotal");
        assertThatThrownBy(b.maximumTotal(3)::build).hasMessageContaining("onClose");
        assertThatThrownBy(limits(3, 4)::build)
                .hasMessageContaining("maximumPerOwner=4")
                .hasMessageContaining("maximumTotal=3");
    }

    @Test
    void builder_resultOfASetterNotKept_settingIsKept() {
        ConnectionRegistry.Builder<String, String> b = limits(100, 100);
        b.maximumTotal(1);
        b.maximumPerOwner(1);
        build(b);
        b.maximumTotal(100);
        registry.register("ann", "a1");
        assertThatThrownBy(() -> registry.register("bob", "b1")).isInstanceOf(ConnectionLimitException.class);
    }
}
