package io.perfkit.batching;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The queue under all interleavings: it behaves like a list guarded by one lock, which loses no call, hands none out
 * twice and keeps the order; after the seal nothing gets in; and each place is given back exactly once, whoever ends the
 * call.
 */
class PendingQueueLincheckTest {
    private static final int PLACES = 1000;

    private static PendingQueue<Integer, String> queue() {
        return new PendingQueue<>(new Outcomes<>("lincheck", Missing.FAIL, null), new Counters(), PLACES);
    }

    private static boolean offer(PendingQueue<Integer, String> queue, Call<Integer, String> call) {
        call.reserved(queue.tryReserve());
        if (queue.offer(call)) {
            return true;
        }
        call.leave();
        queue.unreserve();
        return false;
    }

    private static void checkPlaces(PendingQueue<Integer, String> queue) {
        if (queue.freePlaces() + queue.live() != PLACES) {
            throw new IllegalStateException(queue.freePlaces() + " free places and " + queue.live() + " calls");
        }
    }

    /** Several producers and consumers, and the seal. */
    @Param(name = "key", gen = IntGen.class, conf = "0:3")
    public static class Arrivals {
        private final PendingQueue<Integer, String> queue = queue();

        @Operation
        public boolean offer(@Param(name = "key") int key) {
            return PendingQueueLincheckTest.offer(queue, new Call<>(queue, key, key, 1));
        }

        @Operation
        public List<Integer> take() {
            return new ArrayList<>(queue.take(2).keys());
        }

        @Operation
        public void seal() {
            queue.seal();
        }

        @Validate
        public void places() {
            checkPlaces(queue);
        }
    }

    /** Readers of the size, against those who move the arrivals over: a call that waits is never missed. */
    public static class Size {
        private final PendingQueue<Integer, String> queue = queue();

        @Operation
        public boolean offer() {
            return PendingQueueLincheckTest.offer(queue, new Call<>(queue, 1, 1, 1));
        }

        @Operation
        public long expireNone() {
            return queue.expire(0, new ArrayList<>()).oldestArrival();
        }

        @Operation
        public void makeAllDue() {
            queue.makeAllDue();
        }

        @Operation
        public boolean isEmpty() {
            return queue.size() == 0;
        }
    }

    /** One producer that gives calls up, against consumers. */
    @Param(name = "key", gen = IntGen.class, conf = "0:3")
    public static class GivingUp {
        private final PendingQueue<Integer, String> queue = queue();
        private final List<Call<Integer, String>> offered = new ArrayList<>();

        @Operation(nonParallelGroup = "producer")
        public boolean offer(@Param(name = "key") int key) {
            Call<Integer, String> call = new Call<>(queue, key, key, 1);
            call.deadlineNanos = 1;
            offered.add(call);
            return PendingQueueLincheckTest.offer(queue, call);
        }

        @Operation(nonParallelGroup = "producer")
        public @Nullable Boolean giveUpLatest() {
            return offered.isEmpty() ? null : offered.get(offered.size() - 1).complete("given up");
        }

        @Operation
        public List<Integer> take() {
            return new ArrayList<>(queue.take(1).keys());
        }

        @Operation
        public List<Integer> expireAll() {
            List<Call<Integer, String>> expired = new ArrayList<>();
            queue.expire(1, expired);
            // Whether a given-up call was looked at before or after is not told apart.
            return List.of();
        }

        @Validate
        public void places() {
            checkPlaces(queue);
        }
    }

    @Test
    void arrivals_underModelChecking_areLinearizable() {
        modelCheck(Arrivals.class, 5, 100);
    }

    @Test
    void size_underModelChecking_neverMissesACall() {
        modelCheck(Size.class, 5, 100);
    }

    @Test
    void arrivals_underStress_areLinearizable() {
        new StressOptions()
                .iterations(5)
                .invocationsPerIteration(300)
                .threads(3)
                .actorsPerThread(3)
                .check(Arrivals.class);
    }

    @Test
    void givingUp_underModelChecking_isLinearizableAndGivesEachPlaceBackOnce() {
        modelCheck(GivingUp.class, 5, 100);
    }

    @Test
    @Tag("full")
    void everything_underLongModelChecking_isLinearizable() {
        modelCheck(Arrivals.class, 50, 2000);
        modelCheck(Size.class, 50, 2000);
        modelCheck(GivingUp.class, 50, 2000);
    }

    /** Many short scenarios: what can go wrong here needs two or three steps of two threads on a filled queue. */
    private static void modelCheck(Class<?> queue, int iterations, int invocations) {
        new ModelCheckingOptions()
                .iterations(iterations)
                .invocationsPerIteration(invocations)
                .threads(2)
                .actorsBefore(2)
                .actorsPerThread(2)
                .actorsAfter(1)
                .check(queue);
    }
}
