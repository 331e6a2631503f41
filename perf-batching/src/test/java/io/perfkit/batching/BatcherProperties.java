package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Random arrivals from several threads, with failures, cancellation, loads from completions and from inside the loader,
 * and a close somewhere in between: each call ends exactly once, with its own key's value or a failure it could have;
 * the loader never sees more keys than the bound, an empty set, or more concurrency than the slots; nothing hangs.
 */
class BatcherProperties {
    private static final int POISON = 13;

    private static final class Poisoned extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private record Ended(int key, AtomicInteger times, CompletableFuture<?> future) {}

    @Property(tries = 150)
    void everyCall_endsExactlyOnce_withItsOwnValue(
            @ForAll @IntRange(min = 1, max = 9) int batchSize,
            @ForAll @IntRange(min = 1, max = 3) int slots,
            @ForAll @IntRange(min = 1, max = 12) int pending,
            @ForAll Overflow overflow,
            @ForAll boolean window,
            @ForAll boolean timeout,
            @ForAll boolean closeEarly,
            @ForAll long seed)
            throws Exception {
        AtomicInteger running = new AtomicInteger();
        ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
        List<Batcher<Integer, String>> self = new ArrayList<>();
        BatchLoader<Integer, String> loader = keys -> {
            Set<Integer> distinct = new HashSet<>(keys);
            if (keys.isEmpty() || keys.size() > batchSize || distinct.size() != keys.size()) {
                violations.add("asked for " + keys);
            }
            // Loaders that ask the batcher give their slot away, so only the others are counted.
            boolean nests = keys.contains(7);
            if (!nests && running.incrementAndGet() > slots) {
                violations.add("more than " + slots + " at once");
            }
            try {
                if (keys.contains(POISON)) {
                    throw new Poisoned();
                }
                if (nests) {
                    try {
                        if (keys.size() % 2 == 0) {
                            self.get(0).load(1000).join();
                        } else {
                            self.get(0).get(1000);
                        }
                    } catch (RuntimeException closedOrLate) {
                        // its own callers still get their values
                    }
                }
                Map<Integer, String> values = new HashMap<>();
                keys.forEach(key -> values.put(key, "v" + key));
                return values;
            } finally {
                if (!nests) {
                    running.decrementAndGet();
                }
            }
        };
        Batcher.Builder<Integer, String> builder = Batcher.builder("random", loader)
                .maximumBatchSize(batchSize)
                .maximumConcurrentBatches(slots)
                .maximumPending(pending, overflow);
        builder = window ? builder.window(Duration.ofNanos(200_000)) : builder;
        builder = timeout ? builder.timeout(Duration.ofMillis(2)) : builder;
        Batcher<Integer, String> batcher = builder.build();
        self.add(batcher);

        List<Ended> calls = Collections.synchronizedList(new ArrayList<>());
        int threads = 4;
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> workers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Random random = new Random(seed * 31 + t);
            Thread worker = new Thread(() -> {
                try {
                    start.await();
                    for (int i = 0; i < 60; i++) {
                        act(batcher, random, calls, violations);
                    }
                } catch (Throwable unexpected) {
                    violations.add("worker ended with " + unexpected);
                }
            });
            worker.setDaemon(true);
            worker.start();
            workers.add(worker);
        }
        start.countDown();
        if (closeEarly) {
            batcher.close();
        }
        for (Thread worker : workers) {
            worker.join(20_000);
            assertThat(worker.isAlive()).as("a worker hangs: %s", batcher).isFalse();
        }
        batcher.close();

        // What was chained to a call that the alarm ended may still be running on the alarm's thread.
        for (Ended call : List.copyOf(calls)) {
            assertThat(call.future.handle((value, failure) -> true))
                    .as("key %d, %s", call.key, batcher)
                    .succeedsWithin(Duration.ofSeconds(20));
            assertThat(call.times).as("key %d", call.key).hasValue(1);
        }
        assertThat(violations).isEmpty();
        BatcherStats stats = batcher.stats();
        assertThat(stats.pending()).isZero();
        assertThat(stats.keys()).isLessThanOrEqualTo(stats.calls());
        assertThat(batcher.dispatcher.queue.freePlaces()).isEqualTo(pending);
        // A run that found nothing more to do gives its slot back after the last call has ended, in its own time.
        await().pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(batcher.dispatcher.slots.isIdle())
                        .as("%s", batcher)
                        .isTrue());
    }

    private static void act(
            Batcher<Integer, String> batcher, Random random, List<Ended> calls, Collection<String> violations) {
        int key = random.nextInt(16);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> observe(key, batcher.load(key), calls, violations);
            case 3 -> {
                CompletableFuture<String> call = batcher.load(key);
                observe(key, call, calls, violations);
                call.cancel(false);
            }
            case 4 -> observe(key, batcher.load(2).handle((v, e) -> key).thenCompose(batcher::load), calls, violations);
            case 5 -> {
                try {
                    check(key, batcher.get(key), null, violations);
                } catch (RuntimeException e) {
                    check(key, null, e, violations);
                }
            }
            case 6 -> {
                CompletableFuture<Map<Integer, String>> all = batcher.loadAll(List.of(key, key + 100, key));
                observe(key, all.thenApply(values -> values.get(key)), calls, violations);
            }
            default -> {
                observe(key, batcher.load(3).handle((v, e) -> batcher.get(key)), calls, violations);
                batcher.flush();
            }
        }
    }

    private static void observe(
            int key, CompletableFuture<String> future, List<Ended> calls, Collection<String> violations) {
        AtomicInteger times = new AtomicInteger();
        CompletableFuture<String> last = future.whenComplete((value, failure) -> {
            check(key, value, failure, violations);
            times.incrementAndGet();
        });
        calls.add(new Ended(key, times, last));
    }

    private static void check(int key, String value, Throwable failure, Collection<String> violations) {
        if (failure == null) {
            if (!("v" + key).equals(value)) {
                violations.add("key " + key + " got " + value);
            }
            return;
        }
        Throwable cause = failure;
        while ((cause instanceof java.util.concurrent.CompletionException || cause instanceof BatchLoadException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        boolean known = cause instanceof Poisoned
                || cause instanceof BatchTimeoutException
                || cause instanceof BatchRejectedException
                || cause instanceof java.util.concurrent.CancellationException;
        if (!known) {
            violations.add("key " + key + " failed with " + cause);
        }
    }
}
