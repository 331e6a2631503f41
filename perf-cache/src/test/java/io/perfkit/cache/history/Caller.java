package io.perfkit.cache.history;

import io.perfkit.cache.Acknowledgement;
import io.perfkit.cache.LoadContext;
import io.perfkit.cache.LoadTimeoutException;
import io.perfkit.cache.history.Change.Kind;
import io.perfkit.cache.history.Read.Tier;
import io.perfkit.cache.history.Value.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;

/** One thread of a node, which calls the cache at random and hands what it gets to the {@link History}. */
final class Caller implements Runnable {

    private static final Duration MAXIMUM_LOAD = Duration.ofMillis(3_500);
    private static final Duration SHORT_LOAD = Duration.ofMillis(40);

    /** What a loader throws now and then. */
    private static final class DatabaseDown extends RuntimeException {
        private static final long serialVersionUID = 1;

        DatabaseDown() {
            super("the database is down", null, false, false);
        }
    }

    private final Node node;
    private final History history;
    private final Random random;

    Caller(Node node, History history, long seed) {
        this.node = node;
        this.history = history;
        this.random = new Random(seed);
    }

    /** How long a load of the key can take. */
    static Duration longestLoad(String key) {
        return Keys.isUnchanged(key) ? SHORT_LOAD : MAXIMUM_LOAD;
    }

    /** Calls until the history ends. */
    @Override
    public void run() {
        try {
            while (history.goesOn()) {
                call();
                if (random.nextInt(3) == 0) {
                    LockSupport.parkNanos(random.nextInt(7_000_000));
                }
            }
        } catch (Throwable t) {
            history.failed("a call on node " + node.number() + " failed", t);
        }
    }

    private void call() {
        int dice = random.nextInt(100_000);
        if (dice < 70_000) {
            getOrSet(Keys.toRead(random));
        } else if (dice < 85_000) {
            String key = Keys.toRead(random);
            read("getIfPresent", Set.of(key), () -> one(key, node.region().getIfPresent(key)));
        } else if (dice < 92_000) {
            getOrSetAsync(Keys.toRead(random));
        } else if (dice < 96_000) {
            getOrSetAll(Keys.longLived(random, 4));
        } else {
            change();
        }
    }

    // Changes.

    private void change() {
        int dice = random.nextInt(4_000);
        if (dice < 1_100) {
            String key = Keys.toChange(random);
            change(Kind.KEY, key, Set.of(key), () -> node.region().invalidate(key));
        } else if (dice < 1_200) {
            Set<String> keys = Keys.longLived(random, 2);
            change(Kind.KEY, keys.toString(), keys, () -> node.region().invalidateAll(keys));
        } else if (dice < 2_000) {
            put(Keys.toChange(random));
        } else if (dice < 2_200) {
            putAll(Keys.longLived(random, 2));
        } else if (dice < 3_200) {
            String pattern = Keys.patternToChange(random);
            change(
                    Kind.PATTERN,
                    pattern,
                    Keys.matching(pattern),
                    () -> node.region().invalidatePattern(pattern));
        } else if (dice < 3_400) {
            String tag = Keys.TAGS.get(random.nextInt(Keys.TAGS.size()));
            change(Kind.TAG, tag, Set.of(), () -> node.region().invalidateTag(tag));
        } else if (dice < 3_700) {
            var unused = node.region().expire(Keys.toChange(random));
        } else if (dice < 3_998) {
            var unused = node.region().expirePattern(Keys.patternToChange(random));
        } else {
            change(Kind.EVERYTHING, "", Keys.EVERY, () -> node.region().clear());
        }
    }

    private void change(Kind kind, String subject, Set<String> keys, Supplier<Acknowledgement> calling) {
        run(List.of(begin(kind, subject, keys)), calling);
    }

    private Change begin(Kind kind, String subject, Set<String> keys) {
        return history.begins(new Change(history.nextId(), node.number(), kind, subject, keys, System.nanoTime()));
    }

    private static void run(List<Change> changes, Supplier<Acknowledgement> calling) {
        Acknowledgement invalidation = calling.get();
        long returnedAt = System.nanoTime();
        changes.forEach(change -> change.returned(returnedAt));
        var unused = invalidation.acknowledged().thenRun(() -> {
            long acknowledgedAt = System.nanoTime();
            changes.forEach(change -> change.acknowledged(acknowledgedAt));
        });
    }

    private String valueOf(Change put, String key) {
        return new Value(key, Origin.PUT, put.startedAt(), node.number(), put.id(), List.of()).text();
    }

    private void put(String key) {
        Change put = begin(Kind.PUT, key, Set.of(key));
        run(List.of(put), () -> node.regionFor(key).put(key, valueOf(put, key)));
    }

    private void putAll(Set<String> keys) {
        Map<String, String> values = new HashMap<>();
        List<Change> puts = new ArrayList<>();
        for (String key : keys) {
            Change put = begin(Kind.PUT, key, Set.of(key));
            puts.add(put);
            values.put(key, valueOf(put, key));
        }
        run(puts, () -> node.region().putAll(values));
    }

    // Reads.

    private void getOrSet(String key) {
        Load load = new Load(Keys.tags(key, random));
        int form = random.nextInt(3);
        Set<Fault> faults = node.faults();
        read("getOrSet", Set.of(key), () -> {
            String value = switch (form) {
                case 0 -> node.regionFor(key).getOrSet(key, (Function<String, String>) load::value);
                case 1 -> node.region().getOrSet(key, ttl(key), () -> load.value(key));
                default -> node.regionFor(key).getOrSet(key, (k, context) -> load.value(k, context));
            };
            if (value != null && load.failedAt != 0) {
                // That it would be this one was decided when the load had failed: what is gone by then is no stand-in.
                judge("getOrSet after a failed load", key, load.failedAt, value, Tier.OTHER, true, 0, faults);
            }
            return one(key, value);
        });
    }

    private static Duration ttl(String key) {
        return Keys.isShortLived(key) ? Node.SHORT : Node.LONG;
    }

    private void getOrSetAll(Set<String> keys) {
        Load load = new Load(List.of());
        read("getOrSetAll", keys, () -> node.region().getOrSetAll(keys, load::values));
    }

    private void getOrSetAsync(String key) {
        Load load = new Load(List.of());
        Set<Fault> faults = node.faults();
        long appliedUpTo = node.appliedUpTo();
        long startedAt = System.nanoTime();
        node.listen();
        CompletableFuture<String> answer = node.regionFor(key).getOrSetAsync(key, load::later);
        var unused = answer.whenComplete((text, failure) -> {
            if (failure == null) {
                judge("getOrSetAsync", key, startedAt, text, Tier.OTHER, false, appliedUpTo, faults);
            } else if (!isExpected(failure)) {
                history.failed("a call on node " + node.number() + " failed", failure);
            }
        });
    }

    private static Map<String, String> one(String key, String value) {
        Map<String, String> values = new HashMap<>();
        values.put(key, value);
        return values;
    }

    private void read(String call, Set<String> keys, Supplier<Map<String, String>> calling) {
        Set<Fault> faults = node.faults();
        long appliedUpTo = node.appliedUpTo();
        Node.Hits hits = node.listen();
        long startedAt = System.nanoTime();
        Map<String, String> values;
        try {
            values = calling.get();
        } catch (RuntimeException e) {
            if (!isExpected(e)) {
                throw e;
            }
            return;
        }
        boolean mayBeAbsent = !call.equals("getIfPresent");
        for (String key : keys) {
            String text = values.get(key);
            if (text != null || mayBeAbsent) {
                Tier tier = hits.tiers.getOrDefault(key, Tier.OTHER);
                judge(call, key, startedAt, text, tier, hits.stale, appliedUpTo, faults);
            }
        }
    }

    private boolean isExpected(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof DatabaseDown || cause instanceof LoadTimeoutException && node.mayTimeOut();
    }

    private void judge(
            String call,
            String key,
            long startedAt,
            String text,
            Tier tier,
            boolean stale,
            long appliedUpTo,
            Set<Fault> faults) {
        // An absence has no text; it is as old as the youngest load of the key that found nothing.
        Value value = text == null ? history.absence(key) : Value.parse(text);
        history.check(new Read(
                node.number(), call, key, startedAt, System.nanoTime(), value, tier, stale, appliedUpTo, faults));
    }

    /** A load of the database, which takes a random time, and may fail or find nothing. */
    private final class Load {

        private final long calledAt = System.nanoTime();
        private final long pause = loadTime();
        private final boolean fails = random.nextInt(40) == 0;
        private final boolean findsNothing = random.nextInt(40) == 0;
        private final List<String> tags;
        private final boolean isForNobody = random.nextInt(40) == 0;
        private final Thread caller = Thread.currentThread();
        /** When it failed, if it did on the thread of the call, which then knows that. */
        private long failedAt;

        Load(List<String> tags) {
            this.tags = tags;
        }

        String value(String key) {
            return value(key, System.nanoTime(), List.of());
        }

        String value(String key, LoadContext<String> context) {
            long bornAt = System.nanoTime();
            String stale = context.staleValue();
            if (stale != null) {
                judge("staleValue", key, calledAt, stale, Tier.OTHER, true, 0, node.faults());
            }
            context.tags(tags.toArray(new String[0]));
            if (isForNobody) {
                context.doNotStore();
            }
            return value(key, bornAt, tags);
        }

        CompletableFuture<String> later(String key) {
            long bornAt = System.nanoTime();
            return CompletableFuture.supplyAsync(() -> value(key, bornAt, List.of()), history.database());
        }

        Map<String, String> values(Set<String> keys) {
            long bornAt = System.nanoTime();
            Map<String, String> values = new HashMap<>();
            for (String key : keys) {
                String value = values.isEmpty()
                        ? value(key, bornAt, List.of())
                        : new Value(key, Origin.LOADED, bornAt, node.number(), history.nextId(), List.of()).text();
                if (value != null) {
                    values.put(key, value);
                }
            }
            return values;
        }

        private String value(String key, long bornAt, List<String> tagged) {
            if (pause > 0) {
                LockSupport.parkNanos(Math.min(pause, longestLoad(key).toNanos()));
            }
            if (fails) {
                if (Thread.currentThread() == caller) {
                    failedAt = System.nanoTime();
                }
                throw new DatabaseDown();
            }
            if (findsNothing) {
                history.absent(key, bornAt);
                return null;
            }
            return new Value(key, Origin.LOADED, bornAt, node.number(), history.nextId(), tagged).text();
        }

        private long loadTime() {
            int dice = random.nextInt(1_000);
            long longest =
                    dice < 600 ? 0 : dice < 850 ? 2 : dice < 970 ? 40 : dice < 998 ? 600 : MAXIMUM_LOAD.toMillis();
            return longest == 0 ? 0 : random.nextInt((int) TimeUnit.MILLISECONDS.toMicros(longest)) * 1_000L;
        }
    }
}
