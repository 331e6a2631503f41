package io.perfkit.connections.internal;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * Threads that wait for one slot under all interleavings: every one gets it in the end, and never two at once. A
 * wake-up that is lost shows as a deadlock.
 */
public class FairSlotsWakeUpLincheckTest {
    private final FairSlots slots = new FairSlots(1, 0, 0, () -> 0);
    private final FairSlots shared = new FairSlots(1, 0, 1, () -> 0);
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger insideShared = new AtomicInteger();

    @Operation
    public int acquireAndRelease() {
        return cycle(slots, inside);
    }

    @Operation
    public int acquireAndReleaseWithinAShare() {
        return cycle(shared, insideShared);
    }

    private static int cycle(FairSlots slots, AtomicInteger inside) {
        Slot slot = slots.tryClaim();
        if (slot == null) {
            FairSlots.Waiter waiter = slots.enqueue("o", Long.MAX_VALUE);
            slots.await(waiter, Long.MAX_VALUE);
            slot = waiter.granted;
        }
        int most = inside.incrementAndGet();
        inside.decrementAndGet();
        slots.release(slot, true);
        return most;
    }

    /** Each is alone inside. */
    public static final class Alone {
        public int acquireAndRelease() {
            return 1;
        }

        public int acquireAndReleaseWithinAShare() {
            return 1;
        }
    }

    @Test
    void waiting_underModelChecking_losesNoWakeUp() {
        new ModelCheckingOptions()
                .iterations(4)
                .invocationsPerIteration(100)
                .threads(3)
                .actorsPerThread(1)
                .actorsBefore(0)
                .actorsAfter(0)
                .sequentialSpecification(Alone.class)
                .check(FairSlotsWakeUpLincheckTest.class);
    }
}
