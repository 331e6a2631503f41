package io.perfkit.connections.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Random schedules of arrivals, cancellations, releases and handovers against a plain model of the queue. */
class FairSlotsProperties {
    private static final class Client {
        final String owner;
        final FairSlots.Waiter waiter;

        Client(String owner, FairSlots.Waiter waiter) {
            this.owner = owner;
            this.waiter = waiter;
        }
    }

    @Property(tries = 500)
    void anySchedule_servesInTheOrderOfArrivalWithinTheLimits(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 4) int size,
            @ForAll @IntRange(max = 3) int overflow,
            @ForAll boolean limited) {
        Random random = new Random(seed);
        int total = size + overflow;
        int perOwner = limited ? 1 + random.nextInt(total) : 0;
        FairSlots slots = new FairSlots(size, overflow, perOwner, () -> 0);
        List<Client> waiting = new ArrayList<>();
        List<Client> holding = new ArrayList<>();
        for (int step = 0; step < 200; step++) {
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    String owner = "o" + random.nextInt(3);
                    waiting.add(new Client(owner, slots.enqueue(owner, Long.MAX_VALUE)));
                }
                case 2 -> {
                    if (!waiting.isEmpty()) {
                        Client gone = waiting.remove(random.nextInt(waiting.size()));
                        assertThat(slots.cancel(gone.waiter)).isTrue();
                    }
                }
                default -> {
                    if (!holding.isEmpty()) {
                        Client done = holding.remove(random.nextInt(holding.size()));
                        if (!random.nextBoolean() || !slots.handOver(done.waiter.granted)) {
                            // As the pool does: an overflow connection is closed before its slot is freed.
                            slots.release(done.waiter.granted, !done.waiter.granted.overflow && random.nextBoolean());
                        }
                    }
                }
            }
            serve(waiting, holding, total, perOwner);
            check(slots, waiting, holding, total, perOwner);
        }
        for (Client client : holding) {
            slots.release(client.waiter.granted, true);
        }
    }

    /** The model: whoever came first among those whose owner is within its limit, as long as there are slots. */
    private static void serve(List<Client> waiting, List<Client> holding, int total, int perOwner) {
        for (int i = 0; i < waiting.size() && holding.size() < total; ) {
            Client client = waiting.get(i);
            long held =
                    holding.stream().filter(h -> h.owner.equals(client.owner)).count();
            if (perOwner > 0 && held >= perOwner) {
                i++;
            } else {
                waiting.remove(i);
                holding.add(client);
                i = 0;
            }
        }
    }

    private static void check(FairSlots slots, List<Client> waiting, List<Client> holding, int total, int perOwner) {
        assertThat(holding).hasSizeLessThanOrEqualTo(total).allMatch(c -> c.waiter.granted != null);
        assertThat(waiting).allMatch(c -> c.waiter.granted == null);
        assertThat(slots.waiting()).isEqualTo(waiting.size());
        assertThat(slots.count(Slot.HELD)).isEqualTo(holding.size());
        Set<Slot> distinct = new HashSet<>();
        Map<String, Integer> byOwner = new HashMap<>();
        for (Client client : holding) {
            assertThat(distinct.add(client.waiter.granted))
                    .as("one holder per slot")
                    .isTrue();
            byOwner.merge(client.owner, 1, Integer::sum);
        }
        if (perOwner > 0) {
            assertThat(byOwner.values()).allMatch(n -> n <= perOwner);
            waiting.forEach(c -> byOwner.merge(c.owner, 1, Integer::sum));
            assertThat(slots.owners()).isEqualTo(byOwner.size());
        }
    }
}
