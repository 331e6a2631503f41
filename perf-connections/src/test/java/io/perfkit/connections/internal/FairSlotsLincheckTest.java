package io.perfkit.connections.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** The accounting of slots under all interleavings: it behaves as a plain counter under one lock does. */
@Param(name = "thread", gen = ThreadIdGen.class)
public class FairSlotsLincheckTest {
    private static final int SLOTS = 2;
    private static final int THREADS = 5;

    private final FairSlots slots = new FairSlots(1, 1, 0, () -> 0);

    /** What each thread holds. */
    private final List<Deque<Slot>> held = Stream.generate(() -> (Deque<Slot>) new ArrayDeque<Slot>())
            .limit(THREADS)
            .toList();

    /** What {@code acquireTimeout(ZERO)} does. */
    @Operation
    public boolean tryAcquire(@Param(name = "thread") int thread) {
        Slot slot = slots.tryClaim();
        if (slot == null) {
            FairSlots.Waiter waiter = slots.enqueue("", Long.MAX_VALUE);
            if (waiter.granted == null && slots.cancel(waiter)) {
                return false;
            }
            slot = waiter.granted;
        }
        held.get(thread).add(slot);
        return true;
    }

    @Operation
    public boolean release(@Param(name = "thread") int thread) {
        Slot slot = held.get(thread).poll();
        if (slot == null) {
            return false;
        }
        slots.release(slot, !slot.overflow);
        return true;
    }

    @Operation
    public boolean handOverOrRelease(@Param(name = "thread") int thread) {
        Slot slot = held.get(thread).poll();
        if (slot == null) {
            return false;
        }
        if (!slots.handOver(slot)) {
            slots.release(slot, false);
        }
        return true;
    }

    @Validate
    public void everySlotIsAccountedFor() {
        int known = held.stream().mapToInt(Deque::size).sum();
        if (slots.count(Slot.HELD) != known || known > SLOTS || slots.waiting() != 0) {
            throw new IllegalStateException(
                    slots.count(Slot.HELD) + " slots are held, " + known + " known, " + slots.waiting() + " wait");
        }
    }

    /** One counter under a lock. */
    public static final class Counter {
        private final int[] held = new int[THREADS];
        private int all;

        public synchronized boolean tryAcquire(int thread) {
            if (all == SLOTS) {
                return false;
            }
            all++;
            held[thread]++;
            return true;
        }

        public synchronized boolean release(int thread) {
            if (held[thread] == 0) {
                return false;
            }
            all--;
            held[thread]--;
            return true;
        }

        public synchronized boolean handOverOrRelease(int thread) {
            return release(thread);
        }
    }

    @Test
    void acquireRelease_underModelChecking_areLinearizable() {
        new ModelCheckingOptions()
                .iterations(4)
                .invocationsPerIteration(100)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(2)
                .actorsAfter(1)
                .sequentialSpecification(Counter.class)
                .check(FairSlotsLincheckTest.class);
    }
}
