package io.perfkit.connections;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Random histories of one registry against a plain model of it. */
class ConnectionRegistryProperties {
    private static final int IDLE_SECONDS = 5;
    private static final int AGE_SECONDS = 20;

    private static final class Modelled {
        final int owner;
        final long bornTick;
        final Registration registration;
        long touchedTick;

        Modelled(int owner, long tick, Registration registration) {
            this.owner = owner;
            this.bornTick = tick;
            this.touchedTick = tick;
            this.registration = registration;
        }
    }

    /**
     * One second passes between sweeps, so a tick's number is the second in which it ended. All that a rule takes out
     * is what the model takes out, no more, no less, and nothing is closed twice.
     */
    @Property(tries = 300)
    void anyHistory_matchesTheModel(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 12) int total,
            @ForAll WhenFull whenFull,
            @ForAll boolean idle,
            @ForAll boolean aged) {
        Random random = new Random(seed);
        int perOwner = 1 + random.nextInt(total);
        ManualClock clock = new ManualClock();
        Map<Integer, List<CloseReason>> closed = new HashMap<>();
        ConnectionRegistry.Builder<Integer, Integer> builder = ConnectionRegistry.<Integer, Integer>builder("p")
                .maximumTotal(total)
                .maximumPerOwner(perOwner)
                .whenFull(whenFull)
                .ticker(clock::nanoTime)
                .sweepEvery(Duration.ofDays(1))
                .closeExecutor(Runnable::run)
                .onClose((c, reason) ->
                        closed.computeIfAbsent(c, x -> new ArrayList<>()).add(reason));
        builder = idle ? builder.idleAfter(Duration.ofSeconds(IDLE_SECONDS)) : builder;
        builder = aged ? builder.maximumAge(Duration.ofSeconds(AGE_SECONDS)) : builder;
        try (ConnectionRegistry<Integer, Integer> registry = builder.build()) {
            Map<Integer, Modelled> open = new HashMap<>();
            long tick = 0;
            for (int step = 0; step < 200; step++) {
                int owner = random.nextInt(4);
                switch (random.nextInt(5)) {
                    case 0, 1 -> register(registry, open, closed, owner, step, tick, total, perOwner, whenFull);
                    case 2 -> any(open, random, c -> open.remove(c).registration.close());
                    case 3 -> {
                        long now = tick;
                        any(open, random, c -> {
                            open.get(c).registration.touch();
                            open.get(c).touchedTick = now;
                        });
                    }
                    default -> {
                        clock.advance(Duration.ofSeconds(1));
                        registry.sweep();
                        long ended = tick++;
                        // A tick ends one second after the one before, so it is over for (ended - tick) seconds.
                        open.entrySet().removeIf(e -> {
                            boolean tooOld = aged && ended - e.getValue().bornTick >= AGE_SECONDS;
                            boolean tooIdle = idle && ended - e.getValue().touchedTick >= IDLE_SECONDS;
                            if (tooOld || tooIdle) {
                                assertThat(closed.get(e.getKey()))
                                        .containsExactly(tooOld ? CloseReason.AGED : CloseReason.IDLE);
                            }
                            return tooOld || tooIdle;
                        });
                    }
                }
                check(registry, open, total, perOwner);
                assertThat(closed.values()).allMatch(reasons -> reasons.size() == 1);
                assertThat(open.keySet()).noneMatch(closed::containsKey);
            }
        }
        assertThat(closed.values()).allMatch(reasons -> reasons.size() == 1);
    }

    private static void any(Map<Integer, Modelled> open, Random random, java.util.function.IntConsumer action) {
        if (!open.isEmpty()) {
            action.accept(new ArrayList<>(open.keySet()).get(random.nextInt(open.size())));
        }
    }

    private static void register(
            ConnectionRegistry<Integer, Integer> registry,
            Map<Integer, Modelled> open,
            Map<Integer, List<CloseReason>> closed,
            int owner,
            int connection,
            long tick,
            int total,
            int perOwner,
            WhenFull whenFull) {
        List<Integer> own = open.keySet().stream()
                .filter(c -> open.get(c).owner == owner)
                .sorted()
                .toList();
        boolean full = own.size() >= perOwner || open.size() >= total;
        if (full && whenFull == WhenFull.REJECT) {
            try {
                registry.register(owner, connection);
                throw new AssertionError("registered beyond a limit");
            } catch (ConnectionLimitException e) {
                assertThat(e.limit())
                        .isEqualTo(
                                own.size() >= perOwner
                                        ? ConnectionLimitException.Limit.PER_OWNER
                                        : ConnectionLimitException.Limit.TOTAL);
            }
            return;
        }
        Registration registration = registry.register(owner, connection);
        if (full) {
            List<Integer> candidates =
                    own.isEmpty() ? open.keySet().stream().sorted().toList() : own;
            List<Integer> evicted =
                    candidates.stream().filter(c -> closed.containsKey(c)).toList();
            assertThat(evicted).hasSize(1);
            int victim = evicted.get(0);
            if (whenFull == WhenFull.EVICT_OLDEST) {
                assertThat(victim).isEqualTo(candidates.get(0));
            } else {
                long idlest = candidates.stream()
                        .mapToLong(c -> open.get(c).touchedTick)
                        .min()
                        .orElseThrow();
                assertThat(open.get(victim).touchedTick).isEqualTo(idlest);
            }
            assertThat(closed.get(victim)).containsExactly(CloseReason.EVICTED);
            open.remove(victim);
        }
        open.put(connection, new Modelled(owner, tick, registration));
    }

    private static void check(
            ConnectionRegistry<Integer, Integer> registry, Map<Integer, Modelled> open, int total, int perOwner) {
        Map<Integer, Integer> byOwner = new HashMap<>();
        open.values().forEach(m -> byOwner.merge(m.owner, 1, Integer::sum));
        RegistryStats<Integer> stats = registry.stats();
        assertThat(stats.connectionsByOwner()).isEqualTo(byOwner);
        assertThat(stats.total()).isEqualTo(open.size()).isLessThanOrEqualTo(total);
        assertThat(byOwner.values()).allMatch(n -> n <= perOwner);
    }
}
