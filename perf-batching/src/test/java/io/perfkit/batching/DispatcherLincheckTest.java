package io.perfkit.batching;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Who owns a batch, under all interleavings of single calls, bulk calls, the executor's tasks, helping callers and
 * close: once every task has run, every call has ended and no slot is taken.
 */
class DispatcherLincheckTest {

    public static class Calls {
        private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        private final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();
        private final Batcher<Integer, Integer> batcher;

        public Calls() {
            this(1);
        }

        Calls(int slots) {
            batcher = Batcher.<Integer, Integer>builder("lincheck", Calls::echo)
                    .maximumConcurrentBatches(slots)
                    .executor(tasks::add)
                    .build();
        }

        private static Map<Integer, Integer> echo(Set<Integer> keys) {
            Map<Integer, Integer> values = new HashMap<>();
            for (Integer key : keys) {
                values.put(key, key);
            }
            return values;
        }

        @Operation
        public void load() {
            futures.add(batcher.load(1));
        }

        @Operation
        public void loadAll() {
            futures.add(batcher.loadAll(List.of(2, 3)));
        }

        /** A thread of the executor. */
        @Operation
        public void runTask() {
            Runnable task = tasks.poll();
            if (task != null) {
                task.run();
            }
        }

        /** What a {@code get} inside a completion does while it waits. */
        @Operation
        public void help() {
            batcher.dispatcher.runOneHere();
        }

        @Operation
        public void closeWithoutWaiting() {
            batcher.close(Duration.ZERO);
        }

        @Validate
        public void everythingHasAnOwner() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            for (CompletableFuture<?> future : futures) {
                if (!future.isDone()) {
                    throw new IllegalStateException("a call is lost: " + batcher);
                }
            }
            if (!batcher.dispatcher.slots.isIdle()) {
                throw new IllegalStateException("a slot is lost: " + batcher);
            }
        }
    }

    /** With two slots, several runs and bulk calls are under way at once. */
    public static class CallsWithTwoSlots extends Calls {
        public CallsWithTwoSlots() {
            super(2);
        }
    }

    /**
     * The scenarios in which calls were lost: a helping caller takes the run of a bulk call before that call is in the
     * queue; close comes between the two.
     */
    @Test
    void bulkCalls_besideHelpingCallersAndClose_haveAnOwnerUntilTheyEnd() {
        ModelCheckingOptions options = new ModelCheckingOptions().iterations(0).invocationsPerIteration(40);
        options.addCustomScenario(scenario(List.of(), List.of("loadAll"), List.of("help")));
        options.addCustomScenario(scenario(List.of(), List.of("loadAll"), List.of("closeWithoutWaiting")));
        options.check(Calls.class);
    }

    private static ExecutionScenario scenario(List<String> before, List<String> one, List<String> other) {
        return new ExecutionScenario(actors(before), List.of(actors(one), actors(other)), List.of(), null);
    }

    private static List<Actor> actors(List<String> names) {
        return names.stream()
                .map(name -> {
                    try {
                        return new Actor(Calls.class.getMethod(name), List.of());
                    } catch (NoSuchMethodException e) {
                        throw new IllegalArgumentException(name, e);
                    }
                })
                .toList();
    }

    @Test
    @Tag("full")
    void calls_underLongModelChecking_haveAnOwnerUntilTheyEnd() {
        modelCheck(Calls.class, 50, 500);
        modelCheck(CallsWithTwoSlots.class, 50, 500);
    }

    private static void modelCheck(Class<?> calls, int iterations, int invocations) {
        new ModelCheckingOptions()
                .iterations(iterations)
                .invocationsPerIteration(invocations)
                .threads(2)
                .actorsBefore(1)
                .actorsPerThread(2)
                .actorsAfter(0)
                .check(calls);
    }
}
