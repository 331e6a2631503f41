package io.perfkit.connections.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairSlotsTest {
    private static final long FOR_EVER = Long.MAX_VALUE;

    private final ManualClock clock = new ManualClock();

    private FairSlots slots(int size, int overflow, int perOwner) {
        return new FairSlots(size, overflow, perOwner, clock::nanoTime);
    }

    private static Slot claim(FairSlots slots) {
        Slot slot = slots.tryClaim();
        assertThat(slot).isNotNull();
        return slot;
    }

    @Test
    void tryClaim_prefersOpenOnesThenEmptyOnesThenOverflow() {
        FairSlots slots = slots(2, 1, 0);
        Slot one = claim(slots);
        Slot two = claim(slots);
        assertThat(claim(slots).overflow).isTrue();
        assertThat(slots.tryClaim()).isNull();
        slots.release(one, false);
        slots.release(two, true);
        assertThat(claim(slots)).isSameAs(two);
        assertThat(claim(slots)).isSameAs(one);
    }

    @Test
    void release_withWaiters_handsOverInTheOrderOfArrival() {
        FairSlots slots = slots(1, 0, 0);
        Slot slot = claim(slots);
        FairSlots.Waiter first = slots.enqueue("", FOR_EVER);
        FairSlots.Waiter second = slots.enqueue("", FOR_EVER);
        slots.release(slot, true);
        assertThat(first.granted).isSameAs(slot);
        assertThat(second.granted).isNull();
        slots.release(slot, true);
        assertThat(second.granted).isSameAs(slot);
    }

    @Test
    void tryClaim_whileOthersWait_passesNobody() {
        FairSlots slots = slots(1, 0, 0);
        Slot slot = claim(slots);
        FairSlots.Waiter waiter = slots.enqueue("", FOR_EVER);
        slots.release(slot, true);
        assertThat(slots.tryClaim()).isNull();
        assertThat(waiter.granted).isSameAs(slot);
        slots.release(slot, true);
        assertThat(slots.tryClaim()).isSameAs(slot);
    }

    @Test
    void cancel_beforeTheTurn_leavesTheTurnToTheNext() {
        FairSlots slots = slots(1, 0, 0);
        Slot slot = claim(slots);
        FairSlots.Waiter first = slots.enqueue("", FOR_EVER);
        FairSlots.Waiter second = slots.enqueue("", FOR_EVER);
        assertThat(slots.cancel(first)).isTrue();
        slots.release(slot, true);
        assertThat(first.granted).isNull();
        assertThat(second.granted).isSameAs(slot);
        assertThat(slots.waiting()).isZero();
    }

    @Test
    void cancel_afterTheTurn_isTooLateAndTheSlotIsTheWaiters() {
        FairSlots slots = slots(1, 0, 0);
        Slot slot = claim(slots);
        FairSlots.Waiter waiter = slots.enqueue("", FOR_EVER);
        slots.release(slot, true);
        assertThat(slots.cancel(waiter)).isFalse();
        assertThat(waiter.granted).isSameAs(slot);
    }

    @Test
    void handOver_withoutWaiters_keepsTheSlotHeld() {
        FairSlots slots = slots(1, 0, 0);
        Slot slot = claim(slots);
        assertThat(slots.handOver(slot)).isFalse();
        assertThat(slots.tryClaim()).isNull();
        FairSlots.Waiter waiter = slots.enqueue("", FOR_EVER);
        assertThat(slots.handOver(slot)).isTrue();
        assertThat(waiter.granted).isSameAs(slot);
    }

    @Test
    void enqueue_ofAnOwnerAtItsLimit_isPassedByOthersAndKeepsItsPlace() {
        FairSlots slots = slots(2, 0, 1);
        Slot greedy = slots.enqueue("greedy", FOR_EVER).granted;
        FairSlots.Waiter greedyWaits = slots.enqueue("greedy", FOR_EVER);
        Slot polite = slots.enqueue("polite", FOR_EVER).granted;
        assertThat(greedy).isNotNull();
        assertThat(polite).isNotNull();
        FairSlots.Waiter third = slots.enqueue("third", FOR_EVER);
        slots.release(greedy, true);
        assertThat(greedyWaits.granted).as("came before the third").isSameAs(greedy);
        slots.release(polite, true);
        assertThat(third.granted).isSameAs(polite);
    }

    @Test
    void release_ofTheLast_forgetsTheOwner() {
        FairSlots slots = slots(2, 0, 1);
        Slot slot = slots.enqueue("a", FOR_EVER).granted;
        FairSlots.Waiter waiter = slots.enqueue("a", FOR_EVER);
        assertThat(slots.owners()).isEqualTo(1);
        slots.cancel(waiter);
        slots.release(slot, true);
        assertThat(slots.owners()).isZero();
    }

    @Test
    void close_refusesThoseWhoWaitAndThoseWhoCome() {
        FairSlots slots = slots(2, 0, 1);
        Slot slot = slots.enqueue("a", FOR_EVER).granted;
        Slot other = slots.enqueue("b", FOR_EVER).granted;
        FairSlots.Waiter aside = slots.enqueue("a", FOR_EVER);
        FairSlots.Waiter queued = slots.enqueue("c", FOR_EVER);
        slots.close();
        assertThat(aside.refused).isTrue();
        assertThat(queued.refused).isTrue();
        assertThat(slots.enqueue("d", FOR_EVER).refused).isTrue();
        slots.release(slot, true);
        slots.release(other, true);
        assertThat(slots.owners()).isZero();
        assertThat(slots.waiting()).isZero();
        assertThat(slots.tryClaim()).isNull();
    }

    /** Turns come every 10 ms, and 100 wait, so that the next would wait about a second. */
    @Test
    void enqueue_whenTheQueueIsLongerThanTheDeadline_isRefusedAtOnce() {
        FairSlots slots = slots(1, 0, 0);
        Slot slot = claim(slots);
        for (int i = 0; i < 150; i++) {
            slots.enqueue("", FOR_EVER);
        }
        for (int i = 0; i < 50; i++) {
            assertThat(slots.enqueue("", 1).refused)
                    .as("nothing is known yet, or enough")
                    .isEqualTo(i > 32);
            clock.advance(Duration.ofMillis(10));
            slots.release(slot, true);
        }
        int waiting = slots.waiting();
        FairSlots.Waiter refused =
                slots.enqueue("", Duration.ofMillis(10L * waiting).toNanos());
        assertThat(refused.refused).isTrue();
        assertThat(refused.expectedNanos)
                .isEqualTo(Duration.ofMillis(10L * (waiting + 1)).toNanos());
        assertThat(slots.waiting()).isEqualTo(waiting);
        assertThat(slots.enqueue("", Duration.ofMillis(10L * (waiting + 1)).toNanos()).refused)
                .isFalse();
    }

    @Test
    void enqueue_afterOneStall_isNotRefused() {
        FairSlots slots = slots(1, 0, 0);
        Slot slot = claim(slots);
        for (int i = 0; i < 200; i++) {
            slots.enqueue("", FOR_EVER);
        }
        for (int i = 0; i < 60; i++) {
            clock.advance(i == 55 ? Duration.ofMinutes(5) : Duration.ofMillis(1));
            slots.release(slot, true);
        }
        assertThat(slots.enqueue("", Duration.ofSeconds(1).toNanos()).refused).isFalse();
    }

    @Test
    void enqueue_ofAnOwnerAtItsLimit_isRefusedByThePaceOfThatOwner() {
        FairSlots slots = slots(2, 0, 1);
        Slot slot = slots.enqueue("slow", FOR_EVER).granted;
        List<FairSlots.Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            waiters.add(slots.enqueue("slow", FOR_EVER));
        }
        for (int i = 0; i < 40; i++) {
            clock.advance(Duration.ofSeconds(1));
            slots.release(slot, true);
            assertThat(waiters.get(i).granted).isNotNull();
            slot = waiters.get(i).granted;
        }
        assertThat(slots.enqueue("slow", Duration.ofSeconds(20).toNanos()).refused)
                .isTrue();
        assertThat(slots.enqueue("quick", 1).granted).isNotNull();
    }
}
