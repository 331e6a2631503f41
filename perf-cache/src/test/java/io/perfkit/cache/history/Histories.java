package io.perfkit.cache.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.history.Read.Tier;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Runs a history and says whether it was one without a violation, and one that could have had some. */
final class Histories {

    private Histories() {}

    /** One round with each of these faults, and one in which only the wires fail. */
    static void brief(long seed, Supplier<Site> where, List<Fault> faults) throws InterruptedException {
        try (Site site = where.get();
                History history = new History(seed, site)) {
            history.begin();
            history.rounds(faults);
            check(seed, history, faults, 300, 500);
        }
    }

    /**
     * Rounds with all faults for as long as {@code -Dhistory.minutes} says, 10 if it says nothing, from the seed that
     * {@code -Dhistory.seed} says.
     */
    static void full(Supplier<Site> where) throws InterruptedException {
        long seed = Long.getLong("history.seed", System.nanoTime());
        Duration duration = Duration.ofMinutes(Integer.getInteger("history.minutes", 10));
        try (Site site = where.get();
                History history = new History(seed, site)) {
            long end = System.nanoTime() + duration.toNanos();
            history.begin();
            while (System.nanoTime() < end && !history.hasFailed()) {
                history.rounds(site.faults());
            }
            check(seed, history, site.faults(), 1_000, 100_000 * duration.toMinutes());
        }
    }

    private static void check(long seed, History history, List<Fault> faults, long perFault, long perTier)
            throws InterruptedException {
        List<String> failures = history.end();
        System.out.println(history.summary());
        assertThat(failures).as("violations of seed " + seed).isEmpty();
        Checker checker = history.checker();
        for (Fault fault : faults) {
            assertThat(checker.checked(fault))
                    .as("checked reads during " + fault)
                    .isGreaterThan(perFault);
        }
        assertThat(checker.checked(Fault.NONE))
                .as("checked reads without a fault")
                .isGreaterThan(perFault);
        assertThat(checker.checked(Tier.SHARED))
                .as("checked reads of the shared tier")
                .isGreaterThan(perTier / 10);
        assertThat(checker.checkedStale()).as("checked reads of stale values").isGreaterThan(perTier / 50);
        assertThat(checker.checked()).as("checked reads").isGreaterThan(perTier);
    }
}
