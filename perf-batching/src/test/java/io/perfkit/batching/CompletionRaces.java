package io.perfkit.batching;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The end of a call, and the slot of a loader, from two sides at once, many million times each;
 * {@link CompletionStressTest} runs them.
 */
public final class CompletionRaces {
    private static final int PLACES = 3;

    private CompletionRaces() {}

    /** A call that waits in a queue, and how it ended: 1 with its value, 2 otherwise; ten times as much if twice. */
    private static final class Waiting {
        final PendingQueue<Integer, String> queue =
                new PendingQueue<>(new Outcomes<>("races", Missing.FAIL, null), new Counters(), PLACES);
        final Call<Integer, String> call = new Call<>(queue, 1, 1, 0);
        final AtomicInteger ended = new AtomicInteger();

        Waiting() {
            call.deadlineNanos = 5;
            call.reserved(queue.tryReserve());
            if (!queue.offer(call)) {
                throw new IllegalStateException("not let in");
            }
            var unused = call.whenComplete(
                    (value, failure) -> ended.updateAndGet(before -> before * 10 + (failure == null ? 1 : 2)));
        }

        void deliver() {
            queue.take(PLACES).deliver(Map.of(1, "one"));
        }

        void tell(II_Result r) {
            r.r1 = ended.get();
            r.r2 = queue.freePlaces();
        }
    }

    /** A run takes the call and answers it, its caller withdraws it. */
    @JCStressTest
    @Outcome(
            id = {"1, 3", "2, 3"},
            expect = ACCEPTABLE,
            desc = "one end, one place given back")
    @Outcome(expect = FORBIDDEN, desc = "ended twice, or a place that is lost or there twice")
    @State
    public static class AnsweredOrCancelled {
        private final Waiting waiting = new Waiting();

        @Actor
        public void answers() {
            waiting.deliver();
        }

        @Actor
        public void cancels() {
            waiting.call.cancel(false);
        }

        @Arbiter
        public void arbiter(II_Result r) {
            waiting.tell(r);
        }
    }

    /** A run takes the call and answers it, its deadline passes. */
    @JCStressTest
    @Outcome(
            id = {"1, 3", "2, 3"},
            expect = ACCEPTABLE,
            desc = "one end, one place given back")
    @Outcome(expect = FORBIDDEN, desc = "ended twice, or a place that is lost or there twice")
    @State
    public static class AnsweredOrExpired {
        private final Waiting waiting = new Waiting();

        @Actor
        public void answers() {
            waiting.deliver();
        }

        @Actor
        public void expires() {
            List<Call<Integer, String>> expired = new java.util.ArrayList<>();
            var unused = waiting.queue.expire(5, expired);
            expired.forEach(call -> call.fail(new BatchTimeoutException("late")));
        }

        @Arbiter
        public void arbiter(II_Result r) {
            waiting.tell(r);
        }
    }

    /** A bulk call beside a thread that carries out whatever is scheduled: neither is without an owner. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "answered, and no slot is taken")
    @Outcome(expect = FORBIDDEN, desc = "lost")
    @State
    public static class BulkCallBesideAHelper {
        private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        private final Batcher<Integer, Integer> batcher = Batcher.<Integer, Integer>builder(
                        "races", keys -> Map.of(1, 1, 2, 2))
                .maximumConcurrentBatches(1)
                .taskDecorator(UnaryOperator.identity())
                .executor(tasks::add)
                .build();
        private CompletableFuture<Map<Integer, Integer>> call;

        @Actor
        public void asks() {
            call = batcher.loadAll(List.of(1, 2));
        }

        @Actor
        public void helps() {
            batcher.dispatcher.runOneHere();
        }

        @Arbiter
        public void arbiter(II_Result r) {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            r.r1 = call.isDone() ? 1 : 0;
            r.r2 = batcher.dispatcher.slots.isIdle() ? 1 : 0;
        }
    }

    /** A loader takes its slot again, while a run is scheduled and begun: never both inside, and nobody waits for ever. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "one inside at a time, and no slot is taken")
    @Outcome(expect = FORBIDDEN, desc = "both inside, or a wake-up or a slot lost")
    @State
    public static class TakenAgainBesideARun {
        private final Slots slots = new Slots(1, 5_000_000_000L);
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        public TakenAgainBesideARun() {
            if (!slots.tryHold()) {
                throw new IllegalStateException("not free");
            }
            slots.loosen();
        }

        private void work() {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            inside.decrementAndGet();
        }

        @Actor
        public void returns() {
            if (slots.holdAgain()) {
                work();
                slots.releaseHeld();
            } else {
                most.set(9);
                slots.endLoose();
            }
        }

        @Actor
        public void runs() {
            if (slots.trySchedule(1, 1) && slots.claim()) {
                work();
                slots.loosen();
                slots.endLoose();
            }
        }

        @Arbiter
        public void arbiter(II_Result r) {
            while (slots.claim()) {
                slots.releaseHeld();
            }
            r.r1 = most.get();
            r.r2 = slots.isIdle() ? 1 : 0;
        }
    }
}
