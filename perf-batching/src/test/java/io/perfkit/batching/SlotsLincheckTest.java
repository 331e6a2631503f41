package io.perfkit.batching;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Slots that loaders give away for a wait and take again, under all interleavings, with no end to their patience: the
 * bound holds, nobody waits for ever, and in the end no slot is taken.
 */
class SlotsLincheckTest {

    /** One slot, threads that return to it, and runs that are scheduled. */
    public static class Returning {
        private final int limit;
        private final Slots slots;
        private final AtomicInteger inside = new AtomicInteger();

        public Returning() {
            this(1);
        }

        Returning(int limit) {
            this.limit = limit;
            slots = new Slots(limit, Long.MAX_VALUE);
        }

        private void work() {
            if (inside.incrementAndGet() > limit) {
                throw new IllegalStateException("more than " + limit + " inside");
            }
            inside.decrementAndGet();
        }

        /** A call in its caller's own thread, whose loader waits once. */
        @Operation
        public void waitInside() {
            if (!slots.tryHold()) {
                return;
            }
            work();
            slots.loosen();
            if (!slots.holdAgain()) {
                throw new IllegalStateException("went on without a slot");
            }
            work();
            slots.releaseHeld();
        }

        /** A scheduled run, from its schedule to its end; another thread may take its slot between. */
        @Operation
        public void scheduledRun() {
            if (slots.trySchedule(1, 1) && slots.claim()) {
                work();
                slots.loosen();
                slots.endLoose();
            }
        }

        @Validate
        public void nothingIsTaken() {
            while (slots.claim()) {
                slots.releaseHeld();
            }
            if (!slots.isIdle()) {
                throw new IllegalStateException("a slot is lost");
            }
        }
    }

    /** The same with two slots. */
    public static class ReturningToTwo extends Returning {
        public ReturningToTwo() {
            super(2);
        }
    }

    /** Two batchers of one slot each, whose loaders ask the other; what leaves runs in the thread that saw it could. */
    public static class EachOther {
        private final AtomicReference<Batcher<Integer, Integer>> first = new AtomicReference<>();
        private final AtomicReference<Batcher<Integer, Integer>> second = new AtomicReference<>();

        public EachOther() {
            first.set(batcher(second));
            second.set(batcher(first));
        }

        private Batcher<Integer, Integer> batcher(AtomicReference<Batcher<Integer, Integer>> other) {
            Batcher.Builder<Integer, Integer> builder = Batcher.<Integer, Integer>builder(
                            "lincheck", keys -> answer(keys, other.get()))
                    .maximumConcurrentBatches(1)
                    .maximumBatchSize(1)
                    .taskDecorator(UnaryOperator.identity())
                    .executor(Runnable::run);
            builder.slotPatienceNanos = Long.MAX_VALUE;
            return builder.build();
        }

        private static Map<Integer, Integer> answer(Set<Integer> keys, Batcher<Integer, Integer> other) {
            Map<Integer, Integer> values = new HashMap<>();
            for (int key : keys) {
                values.put(key, key > 0 ? other.load(key - 1).join() + 1 : 0);
            }
            return values;
        }

        private static void ask(Batcher<Integer, Integer> batcher, int key) {
            if (batcher.get(key) != key) {
                throw new IllegalStateException("another's value");
            }
        }

        @Operation
        public void askFirst() {
            ask(first.get(), 1);
        }

        @Operation
        public void askSecond() {
            ask(second.get(), 1);
        }

        @Validate
        public void nothingIsTaken() {
            if (!first.get().dispatcher.slots.isIdle()
                    || !second.get().dispatcher.slots.isIdle()) {
                throw new IllegalStateException("a slot is lost: " + first + " " + second);
            }
        }
    }

    @Test
    void slots_thatAreTakenAgain_keepTheBoundAndWakeEveryone() {
        modelCheck(Returning.class, 2, 60);
        modelCheck(ReturningToTwo.class, 1, 60);
    }

    @Test
    @Tag("full")
    void everything_underLongModelChecking_allEnds() {
        modelCheck(Returning.class, 50, 2_000);
        modelCheck(ReturningToTwo.class, 50, 2_000);
        // Each holds its own slot and asks for the other's: whoever waits gives its slot away.
        ModelCheckingOptions options = new ModelCheckingOptions().iterations(0).invocationsPerIteration(200);
        options.addCustomScenario(scenario(List.of("askFirst"), List.of("askSecond")));
        options.addCustomScenario(scenario(List.of("askFirst"), List.of("askFirst")));
        options.addCustomScenario(scenario(List.of("askFirst", "askSecond"), List.of("askSecond", "askFirst")));
        options.check(EachOther.class);
    }

    private static ExecutionScenario scenario(List<String> one, List<String> other) {
        return new ExecutionScenario(List.of(), List.of(actors(one), actors(other)), List.of(), null);
    }

    private static List<Actor> actors(List<String> names) {
        return names.stream()
                .map(name -> {
                    try {
                        return new Actor(EachOther.class.getMethod(name), List.of());
                    } catch (NoSuchMethodException e) {
                        throw new IllegalArgumentException(name, e);
                    }
                })
                .toList();
    }

    private static void modelCheck(Class<?> slots, int iterations, int invocations) {
        new ModelCheckingOptions()
                .iterations(iterations)
                .invocationsPerIteration(invocations)
                .threads(3)
                .actorsBefore(0)
                .actorsPerThread(2)
                .actorsAfter(0)
                .check(slots);
    }
}
