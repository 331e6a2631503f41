package io.perfkit.connections;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ThreadLocalRandom;

/** When which connection gets its next heartbeat. Each has a rhythm of its own, so that they do not all beat together. */
final class Heartbeats<O, C> {
    private final long everyNanos;
    private final PriorityQueue<Beat<O, C>> due =
            new PriorityQueue<>((a, b) -> Long.compare(a.dueNanos - b.dueNanos, 0));

    private record Beat<O, C>(long dueNanos, Entry<O, C> entry) {}

    Heartbeats(long everyNanos) {
        this.everyNanos = everyNanos;
    }

    synchronized void begin(Entry<O, C> entry, long nowNanos) {
        long first = everyNanos - ThreadLocalRandom.current().nextLong(everyNanos / 2 + 1);
        due.add(new Beat<>(nowNanos + first, entry));
    }

    /** Those that are due now; their next is planned. Connections that were closed drop out here. */
    synchronized List<Entry<O, C>> due(long nowNanos) {
        List<Entry<O, C>> beating = new ArrayList<>();
        for (Beat<O, C> beat = due.peek(); beat != null && nowNanos - beat.dueNanos >= 0; beat = due.peek()) {
            due.remove();
            if (beat.entry.open) {
                beating.add(beat.entry);
                due.add(new Beat<>(nowNanos + everyNanos, beat.entry));
            }
        }
        return beating;
    }
}
