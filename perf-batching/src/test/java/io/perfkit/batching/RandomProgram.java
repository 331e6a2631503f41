package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.batching.ProgramCalls.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program of some threads that call a batcher with random settings in every way there is, and a close somewhere in
 * between. The seed gives the settings and the calls; the machine gives the order.
 */
final class RandomProgram {
    private static final ExecutorService THREADS =
            Executors.newCachedThreadPool(BackgroundThreads.daemonFactory("random-program"));

    private final long seed;
    private final ProgramSettings settings;
    private final Collection<String> violations = new ConcurrentLinkedQueue<>();
    private final ProgramCalls calls;
    private final Batcher<Integer, String> batcher;
    private final Batcher<Integer, String> other;

    private RandomProgram(long seed) {
        this.seed = seed;
        settings = new ProgramSettings(new Random(seed));
        calls = new ProgramCalls(settings, violations);
        ProgramLoader loader = new ProgramLoader(settings, false, violations);
        ProgramLoader otherLoader = new ProgramLoader(settings, true, violations);
        batcher = settings.batcher(loader);
        other = settings.otherBatcher(otherLoader);
        loader.connect(batcher, other);
        otherLoader.connect(other, batcher);
    }

    /** Runs the program of this seed, and looks at everything that it did. */
    static void run(long seed) throws Exception {
        new RandomProgram(seed).run();
    }

    private void run() throws Exception {
        Random random = new Random(~seed);
        int threads = 1 + random.nextInt(4);
        int steps = 2 + random.nextInt(24);
        Phaser start = new Phaser(threads);
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Random own = new Random(seed * 31 + t);
            running.add(THREADS.submit(() -> {
                start.arriveAndAwaitAdvance();
                for (int i = 0; i < steps; i++) {
                    step(own);
                }
            }));
        }
        for (Future<?> thread : running) {
            try {
                thread.get(30, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError(
                        "a thread hangs in " + this + ", violations " + violations + ", free places "
                                + batcher.dispatcher.queue.freePlaces() + stacks(),
                        e);
            }
        }
        calls.isClosing = true;
        batcher.close();
        other.close();
        calls.check(this);
        BatcherStats stats = batcher.stats();
        assertThat(stats.pending()).as("%s", this).isZero();
        assertThat(stats.keys()).as("%s", this).isLessThanOrEqualTo(stats.calls());
        assertThat(batcher.dispatcher.queue.freePlaces()).as("%s", this).isEqualTo(settings.places);
        assertThat(batcher.load(1)).as("%s", this).isCompletedExceptionally();
        // A run that found nothing more to do gives its slot back after the last call has ended, in its own time.
        for (Batcher<?, ?> each : List.of(batcher, other)) {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .untilAsserted(() -> assertThat(each.dispatcher.slots.isIdle())
                            .as("%s", this)
                            .isTrue());
        }
    }

    /** Of all threads, so that a hang that is seen once is understood. */
    private static String stacks() {
        StringBuilder all = new StringBuilder();
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            all.append("\n").append(thread.getName()).append(' ').append(thread.getState());
            for (StackTraceElement each : stack) {
                all.append("\n    ").append(each);
            }
        });
        return all.toString();
    }

    private void step(Random random) {
        int key = random.nextInt(16);
        List<Integer> keys = List.of(key, key + 100, key, random.nextInt(16));
        Collection<Integer> distinct = List.copyOf(new java.util.LinkedHashSet<>(keys));
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> calls.one(key, batcher.load(key), Fate.LEFT_ALONE);
            case 4 -> calls.one(key, batcher.load(key, soon(random)), Fate.TIMED);
            case 5 -> {
                CompletableFuture<String> call = batcher.load(key);
                calls.one(key, call, Fate.ENDED_BY_CALLER);
                call.cancel(false);
            }
            case 6 -> {
                CompletableFuture<String> call = batcher.load(key);
                calls.one(key, call, Fate.ENDED_BY_CALLER);
                call.complete("the caller's own");
            }
            case 7, 8 ->
                calls.here(
                        () -> batcher.get(key),
                        value -> calls.value(key, value),
                        failure -> calls.failure(List.of(key), true, Fate.LEFT_ALONE, failure));
            case 9 -> {
                Duration timeout = soon(random);
                calls.here(
                        () -> batcher.get(key, timeout),
                        value -> calls.value(key, value),
                        failure -> calls.failure(List.of(key), true, Fate.TIMED, failure));
            }
            case 10 -> calls.all(distinct, batcher.loadAll(keys), Fate.LEFT_ALONE);
            case 11 -> calls.all(distinct, batcher.loadAll(keys, soon(random)), Fate.TIMED);
            case 12 -> {
                var all = batcher.loadAll(keys);
                calls.all(distinct, all, Fate.ENDED_BY_CALLER);
                all.cancel(false);
            }
            case 13 ->
                calls.here(
                        () -> batcher.getAll(keys),
                        values -> calls.values(distinct, values),
                        failure -> calls.failure(distinct, false, Fate.LEFT_ALONE, failure));
            case 14 ->
                calls.here(
                        () -> batcher.getAllResults(keys),
                        results -> calls.results(distinct, results, Fate.LEFT_ALONE),
                        failure -> calls.whole(distinct, Fate.LEFT_ALONE, failure));
            case 15 -> calls.results(distinct, batcher.loadAllResults(keys), Fate.LEFT_ALONE);
            case 16 ->
                calls.one(key, batcher.load(1).handle((v, e) -> key).thenCompose(batcher::load), Fate.LEFT_ALONE);
            case 17 -> calls.one(key, batcher.load(2).handle((v, e) -> batcher.get(key)), Fate.LEFT_ALONE);
            case 18 -> batcher.flush();
            default -> close(random);
        }
    }

    private void close(Random random) {
        switch (random.nextInt(12)) {
            case 0 -> {
                calls.isClosing = true;
                batcher.close(Duration.ZERO);
            }
            case 1 -> {
                calls.isClosing = true;
                batcher.close(Duration.ofMillis(1));
            }
            case 2 -> {
                calls.isClosing = true;
                var unused = batcher.load(1).whenComplete((value, failure) -> batcher.close());
            }
            default -> batcher.flush();
        }
    }

    private static Duration soon(Random random) {
        return Duration.ofNanos(100_000 + random.nextInt(3_000_000));
    }

    @Override
    public String toString() {
        return "the program of seed " + seed + " [" + settings + "] " + batcher + " " + other;
    }
}
