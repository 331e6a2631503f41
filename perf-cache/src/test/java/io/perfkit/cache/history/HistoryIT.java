package io.perfkit.cache.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.history.Read.Tier;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules 1 to 5 and 9 of the freshness contract, on four nodes, with a Redis that fails in every way. */
class HistoryIT {

    private static final int NODES = 4;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    @Timeout(150)
    void randomCalls_redisFailsInEveryWay_noReadBreaksARule(int seed) throws Exception {
        try (SingleSite site = new SingleSite(NODES);
                History history = new History(seed, site)) {
            history.begin();
            // Each seed has a third of what may happen to Redis, and all that may happen to wires.
            List<Fault> faults = site.faults();
            history.rounds(List.of(faults.get(seed - 1), faults.get(seed + 2)));
            List<String> failures = history.end();
            System.out.println(history.summary());
            assertThat(failures).as("seed " + seed).isEmpty();
            Checker checker = history.checker();
            assertThat(checker.checked(Tier.SHARED)).isGreaterThan(500);
            for (Fault fault : List.of(faults.get(seed - 1), faults.get(seed + 2), Fault.NONE)) {
                assertThat(checker.checked(fault)).as("reads during " + fault).isGreaterThan(200);
            }
        }
    }

    /** {@code -Dhistory.minutes=10 -Dhistory.seed=1}; with the ten minutes, at least a million reads are checked. */
    @Test
    @Tag("full")
    void randomCalls_forMinutes_noReadBreaksARule() throws Exception {
        Duration duration = Duration.ofMinutes(Integer.getInteger("history.minutes", 10));
        long seed = Long.getLong("history.seed", System.nanoTime());
        try (SingleSite site = new SingleSite(NODES);
                History history = new History(seed, site)) {
            long end = System.nanoTime() + duration.toNanos();
            history.begin();
            while (System.nanoTime() < end && !history.hasFailed()) {
                history.rounds(site.faults());
            }
            List<String> failures = history.end();
            System.out.println(history.summary());
            assertThat(failures).as("seed " + seed).isEmpty();
            assertThat(history.checker().checked()).isGreaterThan(100_000 * duration.toMinutes());
            for (Fault fault : site.faults()) {
                assertThat(history.checker().checked(fault))
                        .as("reads during " + fault)
                        .isGreaterThan(1_000);
            }
        }
    }
}
