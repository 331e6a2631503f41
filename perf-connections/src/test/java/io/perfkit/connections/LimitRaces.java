package io.perfkit.connections;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.perfkit.connections.internal.FairSlots;
import io.perfkit.connections.internal.Slot;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The limits of registry and pool, and the end of a connection, from two sides at once, as many as two cores can run; {@link
 * LimitStressTest} runs them.
 */
public final class LimitRaces {
    private LimitRaces() {}

    private static int admitted(Ledger<Integer, String> ledger, int owner) {
        try {
            ledger.admit(null, owner, "c");
            return 1;
        } catch (ConnectionLimitException full) {
            return 0;
        }
    }

    /** Two for the last place in all. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "one is let in")
    @Outcome(expect = FORBIDDEN, desc = "above the limit, rejected too early, or counted wrongly")
    @State
    public static class Total {
        private final Ledger<Integer, String> ledger = new Ledger<>("races", 2, 2, WhenFull.REJECT, 0, 0);
        private final AtomicInteger in = new AtomicInteger();

        public Total() {
            ledger.admit(null, 9, "c");
        }

        @Actor
        public void one() {
            in.addAndGet(admitted(ledger, 1));
        }

        @Actor
        public void two() {
            in.addAndGet(admitted(ledger, 2));
        }

        @Arbiter
        public void arbiter(II_Result r) {
            r.r1 = in.get();
            r.r2 = ledger.total();
        }
    }

    /** One for the only place of an owner, while the connection that has it leaves. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "let in after the other has left, or rejected")
    @Outcome(expect = FORBIDDEN, desc = "above the share of the owner, or an entry is lost")
    @State
    public static class Owner {
        private final Ledger<Integer, String> ledger = new Ledger<>("races", 9, 1, WhenFull.REJECT, 0, 0);
        private final Entry<Integer, String> first = ledger.admit(null, 1, "c").entry();
        private final AtomicInteger in = new AtomicInteger();

        @Actor
        public void one() {
            in.addAndGet(admitted(ledger, 1));
        }

        @Actor
        public void leaves() {
            ledger.remove(first, CloseReason.CLIENT);
        }

        @Arbiter
        public void arbiter(II_Result r) {
            r.r1 = in.get();
            r.r2 = ledger.stats(0, 0, 0, 0).connectionsByOwner().getOrDefault(1, 0);
        }
    }

    /** The client goes, and the sweeper finds it idle. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "closed once, counted for the reason it was closed for")
    @Outcome(expect = FORBIDDEN, desc = "closed twice or never, or for another reason than is counted")
    @State
    public static class ClientOrIdle {
        private final Ledger<Integer, String> ledger = new Ledger<>("races", 1, 1, WhenFull.REJECT, 10, 0);
        private final Entry<Integer, String> entry = ledger.admit(null, 1, "c").entry();
        private final AtomicInteger closes = new AtomicInteger();
        private volatile CloseReason reason;

        public ClientOrIdle() {
            ledger.tick(0);
        }

        private void closed(CloseReason why) {
            closes.incrementAndGet();
            reason = why;
        }

        @Actor
        public void client() {
            if (ledger.remove(entry, CloseReason.CLIENT)) {
                closed(CloseReason.CLIENT);
            }
        }

        @Actor
        public void idle() {
            ledger.takeIdle(10, 1).forEach(e -> closed(CloseReason.IDLE));
        }

        @Arbiter
        public void arbiter(II_Result r) {
            r.r1 = closes.get();
            var counted = ledger.stats(0, 0, 0, 0).closed();
            long all = counted.values().stream().mapToLong(Long::longValue).sum();
            r.r2 = reason != null && counted.get(reason) == 1 && all == 1 && ledger.total() == 0 ? 1 : 0;
        }
    }

    /** It is closed as slow, and the registry is closed. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "closed once, counted for the reason it was closed for")
    @Outcome(expect = FORBIDDEN, desc = "closed twice or never, or for another reason than is counted")
    @State
    public static class SlowOrShutdown {
        private final Ledger<Integer, String> ledger = new Ledger<>("races", 1, 1, WhenFull.REJECT, 10, 0);
        private final Entry<Integer, String> entry = ledger.admit(null, 1, "c").entry();
        private final AtomicInteger closes = new AtomicInteger();
        private volatile CloseReason reason;

        public SlowOrShutdown() {
            ledger.tick(0);
        }

        private void closed(CloseReason why) {
            closes.incrementAndGet();
            reason = why;
        }

        @Actor
        public void slow() {
            if (ledger.remove(entry, CloseReason.SLOW)) {
                closed(CloseReason.SLOW);
            }
        }

        @Actor
        public void shutdown() {
            ledger.takeOldest(1, CloseReason.SHUTDOWN).forEach(e -> closed(CloseReason.SHUTDOWN));
        }

        @Arbiter
        public void arbiter(II_Result r) {
            r.r1 = closes.get();
            var counted = ledger.stats(0, 0, 0, 0).closed();
            long all = counted.values().stream().mapToLong(Long::longValue).sum();
            r.r2 = reason != null && counted.get(reason) == 1 && all == 1 && ledger.total() == 0 ? 1 : 0;
        }
    }

    /** The only place of an owner changes hands by eviction, while its connection leaves by itself. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the old one is closed once, the new one is in")
    @Outcome(expect = FORBIDDEN, desc = "closed twice or never, or above the limit")
    @State
    public static class EvictedOrGone {
        private final Ledger<Integer, String> ledger = new Ledger<>("races", 1, 1, WhenFull.EVICT_OLDEST, 0, 0);
        private final Entry<Integer, String> old = ledger.admit(null, 1, "old").entry();
        private final AtomicInteger closes = new AtomicInteger();

        @Actor
        public void evicts() {
            if (ledger.admit(null, 1, "new").evicted() != null) {
                closes.incrementAndGet();
            }
        }

        @Actor
        public void leaves() {
            if (ledger.remove(old, CloseReason.CLIENT)) {
                closes.incrementAndGet();
            }
        }

        @Arbiter
        public void arbiter(II_Result r) {
            r.r1 = closes.get();
            r.r2 = ledger.total();
        }
    }

    /** Two claims for the last of two slots. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "one is served")
    @Outcome(expect = FORBIDDEN, desc = "a slot held twice, or lost")
    @State
    public static class Claims {
        private final FairSlots slots = new FairSlots(2, 0, 0, () -> 0);
        private final AtomicInteger served = new AtomicInteger();

        public Claims() {
            slots.tryClaim();
        }

        private void claim() {
            if (slots.tryClaim() != null) {
                served.incrementAndGet();
            }
        }

        @Actor
        public void one() {
            claim();
        }

        @Actor
        public void two() {
            claim();
        }

        @Arbiter
        public void arbiter(II_Result r) {
            r.r1 = served.get();
            r.r2 = slots.count(Slot.HELD);
        }
    }

    /** A claim for the only slot, which another returns meanwhile. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "served after the return, or not")
    @Outcome(expect = FORBIDDEN, desc = "a slot held twice, or lost")
    @State
    public static class ClaimOrReturn {
        private final FairSlots slots = new FairSlots(1, 0, 0, () -> 0);
        private final Slot held = slots.tryClaim();
        private final AtomicInteger served = new AtomicInteger();

        private void claim() {
            if (slots.tryClaim() != null) {
                served.incrementAndGet();
            }
        }

        @Actor
        public void one() {
            claim();
        }

        @Actor
        public void returns() {
            slots.release(held, true);
        }

        @Arbiter
        public void arbiter(II_Result r) {
            r.r1 = served.get();
            r.r2 = slots.count(Slot.HELD);
        }
    }

    /** Two claims for the one place that is left of two, where a third is in use beyond them since the pool became smaller. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "one is served")
    @Outcome(expect = FORBIDDEN, desc = "more are held than there may be, or none is served")
    @State
    public static class ClaimsAfterShrinking {
        private final FairSlots slots = new FairSlots(3, 0, 0, () -> 0);
        private final AtomicInteger served = new AtomicInteger();

        public ClaimsAfterShrinking() {
            Slot one = slots.tryClaim();
            Slot two = slots.tryClaim();
            Slot three = slots.tryClaim();
            if (one == null || two == null || three == null || three.index != 2) {
                throw new IllegalStateException("not as expected");
            }
            slots.release(one, true);
            slots.release(two, true);
            slots.resize(2);
        }

        private void claim() {
            if (slots.tryClaim() != null) {
                served.incrementAndGet();
            }
        }

        @Actor
        public void one() {
            claim();
        }

        @Actor
        public void two() {
            claim();
        }

        @Arbiter
        public void arbiter(II_Result r) {
            r.r1 = served.get();
            r.r2 = slots.count(Slot.HELD);
        }
    }
}
