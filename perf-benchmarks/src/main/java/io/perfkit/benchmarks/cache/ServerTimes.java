package io.perfkit.benchmarks.cache;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What Redis itself took for its commands: those above a millisecond from its {@code SLOWLOG}, and the distribution from
 * its {@code latencystats}. Both count what passes on the clock while a command runs, also while the machine lets
 * something else run, or nothing. So there is a control: how often a thread that does nothing but read the clock stands
 * still for a millisecond.
 */
final class ServerTimes {

    private static final int SLOWER_THAN_MICROS = 1_000;
    private static final int MOST = 10_000;
    private static final Duration CONTROL = Duration.ofSeconds(10);

    private final RedisCommands<String, String> operator;

    private ServerTimes(RedisCommands<String, String> operator) {
        this.operator = operator;
    }

    /** Begins to count. */
    static ServerTimes begin(RedisCommands<String, String> operator) {
        operator.configSet("slowlog-log-slower-than", Integer.toString(SLOWER_THAN_MICROS));
        operator.configSet("slowlog-max-len", Integer.toString(MOST));
        operator.slowlogReset();
        operator.configResetstat();
        return new ServerTimes(operator);
    }

    /** Prints what has been counted, then the control. */
    void print() {
        Map<String, List<Long>> slow = new TreeMap<>();
        for (Object each : operator.slowlogGet(MOST)) {
            List<?> entry = (List<?>) each;
            Object command = ((List<?>) entry.get(3)).get(0);
            slow.computeIfAbsent(command.toString(), any -> new ArrayList<>()).add((Long) entry.get(2));
        }
        String distribution = operator.info("latencystats")
                .lines()
                .filter(line -> line.startsWith("latency_percentiles_usec_"))
                .map(line -> "\n#   " + line.substring("latency_percentiles_usec_".length()))
                .collect(Collectors.joining());
        System.out.println("# SLOWLOG: commands above " + SLOWER_THAN_MICROS + " µs, and how long each took: " + slow
                + "\n# each command's time on the server, in µs:" + distribution
                + "\n# control: a thread that only reads the clock stood still for more than " + SLOWER_THAN_MICROS
                + " µs " + standstills() + " times in " + CONTROL.toSeconds() + " s");
    }

    private static int standstills() {
        int standstills = 0;
        long before = System.nanoTime();
        long end = before + CONTROL.toNanos();
        while (before < end) {
            long now = System.nanoTime();
            if (now - before > SLOWER_THAN_MICROS * 1_000L) {
                standstills++;
            }
            before = now;
        }
        return standstills;
    }
}
