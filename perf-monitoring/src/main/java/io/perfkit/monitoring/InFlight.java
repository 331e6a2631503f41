package io.perfkit.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What is under way just now. A table of slots, of which a thread takes one near the hash of its own id, so that to enter
 * and to leave is one uncontended write each; what ends elsewhere, so that one thread may begin many, takes one anywhere.
 * Where none of a few slots is free, an execution is not listed; it is counted all the same.
 */
final class InFlight {
    private static final int SLOTS = 1_024;
    private static final int PROBES = 8;

    private final AtomicReferenceArray<Execution> slots = new AtomicReferenceArray<>(SLOTS);

    void enter(Execution execution) {
        enter(execution, execution.thread.getId());
    }

    void enterAnywhere(Execution execution) {
        enter(execution, System.identityHashCode(execution));
    }

    private void enter(Execution execution, long id) {
        int hash = (int) ((id * 0x9E3779B97F4A7C15L) >>> 54);
        for (int i = 0; i < PROBES; i++) {
            int slot = (hash + i) & (SLOTS - 1);
            if (slots.get(slot) == null && slots.compareAndSet(slot, null, execution)) {
                execution.slot = slot;
                return;
            }
        }
    }

    void leave(Execution execution) {
        int slot = execution.slot;
        if (slot != Execution.NOT_IN_FLIGHT) {
            execution.slot = Execution.NOT_IN_FLIGHT;
            slots.setRelease(slot, null);
        }
    }

    List<Execution> list() {
        List<Execution> found = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            Execution execution = slots.get(i);
            if (execution != null) {
                found.add(execution);
            }
        }
        return found;
    }
}
