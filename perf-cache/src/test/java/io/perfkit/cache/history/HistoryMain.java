package io.perfkit.cache.history;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A history from the command line, for {@code src/test/mutations/run}: ends with 1 if a read broke a rule. */
final class HistoryMain {

    private static final int NODES = 4;

    private HistoryMain() {}

    /**
     * Runs a history.
     *
     * @param args {@code single} or {@code cluster}, the seed, for how many seconds at least, and the faults of Redis that
     *     there may be; all if none is given
     */
    public static void main(String[] args) throws InterruptedException {
        long seed = Long.parseLong(args[1]);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(args[2]));
        List<String> failures;
        try (Site site = args[0].equals("cluster") ? new ClusterSite(NODES) : new SingleSite(NODES);
                History history = new History(seed, site)) {
            List<Fault> given = Arrays.stream(args).skip(3).map(Fault::valueOf).toList();
            List<Fault> faults = given.isEmpty() ? site.faults() : given;
            history.begin();
            while (System.nanoTime() < end && !history.hasFailed()) {
                history.rounds(faults);
            }
            failures = history.end();
            System.out.println(history.summary());
        }
        failures.stream().limit(1).forEach(System.out::println);
        System.exit(failures.isEmpty() ? 0 : 1);
    }
}
