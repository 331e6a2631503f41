package io.perfkit.batching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/** The loader of a random program: looks at what it is asked, and answers, fails, and asks again as its keys say. */
final class ProgramLoader implements BatchLoader<Integer, String> {
    static final int SLOW = 3;
    static final int ABSENT = 5;
    static final int NESTS_HERE = 7;
    static final int NESTS_THERE = 8;
    static final int FLAKY = 11;
    static final int POISON = 13;

    /** Keys that only loaders ask for; from the second bound on the other batcher's loader asks back. */
    static final int NESTED = 1_000;

    private static final int ASKS_BACK = 2_000;

    /** How a loader waits for what it asks, in a way that its batcher sees. */
    private enum Ask {
        GET((batcher, key) -> batcher.get(key)),
        GET_WITHIN((batcher, key) -> batcher.get(key, java.time.Duration.ofSeconds(60))),
        JOIN((batcher, key) -> batcher.load(key).join()),
        DERIVED((batcher, key) -> batcher.load(key).thenApply(value -> value).join()),
        COMPOSED((batcher, key) ->
                batcher.load(key + 1).thenCompose(value -> batcher.load(key)).join()),
        TWO((batcher, key) -> {
            var first = batcher.load(key);
            var second = batcher.load(key + 1);
            try {
                second.join();
            } finally {
                // Both are waited for, whatever became of one: what is open keeps the loader without a slot.
                first.handle((value, failure) -> value).join();
            }
            return first.join();
        }),
        LOAD_ALL((batcher, key) ->
                batcher.loadAll(List.of(key, key + 1, key)).join().get(key)),
        GET_ALL((batcher, key) -> batcher.getAll(List.of(key, key + 1)).get(key));

        final BiFunction<Batcher<Integer, String>, Integer, String> way;

        Ask(BiFunction<Batcher<Integer, String>, Integer, String> way) {
            this.way = way;
        }
    }

    /** A batch with a poisoned key, told apart by its keys. */
    static final class Poisoned extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final transient Set<Integer> keys;

        Poisoned(Collection<Integer> keys) {
            super("poison among " + keys, null, false, false);
            this.keys = Set.copyOf(keys);
        }
    }

    /** What ends when the same keys are asked for again. */
    static final class Flaky extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final transient Set<Integer> keys;

        Flaky(Collection<Integer> keys) {
            super("flaky", null, false, false);
            this.keys = Set.copyOf(keys);
        }
    }

    private final ProgramSettings settings;
    private final boolean isOther;
    private final int slots;
    private final int batchSize;
    private final Collection<String> violations;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicBoolean wasFlaky = new AtomicBoolean();
    private Batcher<Integer, String> own;
    private Batcher<Integer, String> other;

    /** @param isOther whether it is that of the batcher that loaders ask */
    ProgramLoader(ProgramSettings settings, boolean isOther, Collection<String> violations) {
        this.settings = settings;
        this.isOther = isOther;
        slots = isOther ? ProgramSettings.OTHER_SLOTS : settings.slots;
        batchSize = isOther ? ProgramSettings.OTHER_BATCH_SIZE : settings.batchSize;
        this.violations = violations;
    }

    void connect(Batcher<Integer, String> own, Batcher<Integer, String> other) {
        this.own = own;
        this.other = other;
    }

    @Override
    public Map<Integer, String> load(Set<Integer> keys) {
        Map<Integer, String> values = answer(keys, true);
        if (values.size() == 1) {
            values.put(-1, "nobody asked");
        }
        return values;
    }

    List<String> loadList(List<Integer> keys) {
        Map<Integer, String> values = answer(keys, true);
        List<String> list = new ArrayList<>();
        keys.forEach(key -> list.add(values.get(key)));
        return list;
    }

    Map<Integer, Result<String>> loadResults(Set<Integer> keys) {
        Map<Integer, Result<String>> results = new HashMap<>();
        answer(keys, false).forEach((key, value) -> results.put(key, Result.success(value)));
        for (int key : keys) {
            if (key == POISON) {
                results.put(key, Result.failure(new Poisoned(Set.of(key))));
            }
        }
        return results;
    }

    private Map<Integer, String> answer(Collection<Integer> keys, boolean failsAsAWhole) {
        look(keys);
        enter();
        try {
            Map<Integer, String> values = new HashMap<>();
            for (int key : keys) {
                act(key);
                if (key != POISON && !isAbsent(key)) {
                    values.put(key, valueOf(key));
                }
            }
            if (keys.contains(FLAKY) && settings.isRepeated && wasFlaky.compareAndSet(false, true)) {
                throw new Flaky(keys);
            }
            if (failsAsAWhole && keys.contains(POISON)) {
                throw new Poisoned(keys);
            }
            return values;
        } finally {
            leave();
        }
    }

    static String valueOf(int key) {
        return "v" + key;
    }

    static boolean isAbsent(int key) {
        return key % 100 == ABSENT && key < NESTED;
    }

    private void look(Collection<Integer> keys) {
        Set<Integer> distinct = new HashSet<>(keys);
        if (keys.isEmpty() || keys.size() > batchSize || distinct.size() != keys.size()) {
            violations.add("asked for " + keys);
        }
        if (isOther) {
            return;
        }
        if (settings.isPartitioned
                && keys.stream().map(ProgramSettings::partitionOf).distinct().count() > 1) {
            violations.add("partitions were mixed: " + keys);
        }
        if (settings.isMeasured
                && keys.stream().mapToLong(ProgramSettings::bytesOf).sum() > ProgramSettings.MAXIMUM_BYTES) {
            violations.add("too many bytes: " + keys);
        }
    }

    private void enter() {
        int now = running.incrementAndGet();
        if (now > slots && !settings.mayPassSlots()) {
            violations.add(now + " loaders at once where " + slots + " are permitted");
        }
    }

    private void leave() {
        running.decrementAndGet();
    }

    private void act(int key) {
        if (key == SLOW) {
            long until = System.nanoTime() + ThreadLocalRandom.current().nextInt(300_000);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
        } else if (key == NESTS_HERE) {
            ask(own, NESTED);
        } else if (key == NESTS_THERE) {
            ask(other, ASKS_BACK);
        } else if (key >= ASKS_BACK && key < ASKS_BACK + 2) {
            ask(other, NESTED);
        }
    }

    private void ask(Batcher<Integer, String> batcher, int key) {
        Ask[] ways = Ask.values();
        Ask ask = ways[ThreadLocalRandom.current().nextInt(ways.length)];
        leave();
        try {
            String value = ask.way.apply(batcher, key);
            if (!valueOf(key).equals(value)) {
                violations.add(ask + " of " + key + " inside a loader gave " + value);
            }
        } catch (RuntimeException closedOrLateOrFull) {
            // The callers of this loader still get their values.
        } finally {
            enter();
        }
    }
}
