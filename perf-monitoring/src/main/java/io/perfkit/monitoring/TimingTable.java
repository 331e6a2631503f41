package io.perfkit.monitoring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Names and what is kept of each, with a hard cap: the first names win, and every later one is folded into
 * {@code _other} and counted. A name once admitted stays, so that its meters are made once.
 */
final class TimingTable {
    static final String OTHER = "_other";

    private final ConcurrentHashMap<String, Timing> byName = new ConcurrentHashMap<>();
    private final int maximumNames;
    private final Function<String, Timing> create;
    private final Counter folded;
    private volatile boolean full;

    TimingTable(String meter, int maximumNames, MeterRegistry registry, Function<String, Timing> create) {
        this.maximumNames = maximumNames;
        this.create = create;
        this.folded = Counter.builder("perfkit.names.folded")
                .tag("meter", meter)
                .description("Records folded into _other because the cap on names was reached")
                .register(registry);
    }

    Timing resolve(String name) {
        Timing present = byName.get(name);
        return present != null ? present : admit(name);
    }

    private Timing admit(String name) {
        if (!full && !name.equals(OTHER)) {
            synchronized (this) {
                Timing present = byName.get(name);
                if (present != null) {
                    return present;
                }
                if (byName.size() < maximumNames) {
                    Timing created = create.apply(name);
                    byName.put(name, created);
                    return created;
                }
                full = true;
            }
        }
        folded.increment();
        return other();
    }

    /** It is not counted against the cap: it is made only once the table is full or the caller names it himself. */
    private Timing other() {
        return byName.computeIfAbsent(OTHER, create);
    }

    Collection<Timing> all() {
        return byName.values();
    }

    List<TimingStats> snapshots(long nowNanos) {
        Stream<TimingStats> all = byName.values().stream().map(timing -> timing.snapshot(nowNanos));
        return all.filter(snapshot -> snapshot.count() > 0)
                .sorted(Comparator.comparing(TimingStats::name))
                .toList();
    }
}
