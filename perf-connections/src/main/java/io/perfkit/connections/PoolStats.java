package io.perfkit.connections;

import io.perfkit.connections.internal.FairSlots;
import io.perfkit.connections.internal.Slot;
import java.time.Duration;

/**
 * A {@link Pool} at about one moment; the numbers are read one after the other.
 *
 * @param held the places held by callers, with those being opened or closed
 * @param idle the connections or objects that are open and free
 * @param waiting the callers that wait for a turn
 * @param maximum the most that may be open: size and overflow
 * @param hanging the openings that nobody waits for any more and that the driver has not ended yet; each may have a
 *     socket beside those counted above
 * @param acquired how often one was acquired since the pool was built
 * @param waited the time that those acquisitions took in all
 * @param heldFor the time for which those that have been returned were held in all
 * @param timeouts the acquisitions that failed because their time was up, or would have been
 */
public record PoolStats(
        int held,
        int idle,
        int waiting,
        int maximum,
        int hanging,
        long acquired,
        Duration waited,
        Duration heldFor,
        long timeouts) {
    /**
     * What the slots of a pool have counted.
     *
     * @param slots of the core that the pools of this artifact share
     * @param idle as the component
     * @param hanging as the component
     * @param timeouts as the component
     * @return the numbers
     */
    public static PoolStats of(FairSlots slots, int idle, int hanging, long timeouts) {
        long acquired = 0;
        long waited = 0;
        long held = 0;
        for (Slot slot : slots.all()) {
            acquired += slot.acquisitions();
            waited += slot.waitedNanos();
            held += slot.heldNanos();
        }
        return new PoolStats(
                slots.count(Slot.HELD),
                idle,
                slots.waiting(),
                slots.size(),
                hanging,
                acquired,
                Duration.ofNanos(waited),
                Duration.ofNanos(held),
                timeouts);
    }
}
