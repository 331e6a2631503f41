package io.perfkit.cache.history;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.Inner;
import io.perfkit.cache.Invalidation;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.history.Change.Kind;
import io.perfkit.cache.history.Read.Tier;
import io.perfkit.cache.history.Value.Origin;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** A node of the application: a cache of its own, and random calls from its threads. */
final class Node implements AutoCloseable {

    static final Duration SHORT = Duration.ofMillis(1_200);
    static final Duration LONG = Duration.ofMinutes(10);
    static final Duration STALE = Duration.ofSeconds(2);
    static final Duration LONGEST_LOAD = Duration.ofMillis(3_500);

    /** What a loader throws now and then. */
    private static final class DatabaseDown extends RuntimeException {
        private static final long serialVersionUID = 1;

        DatabaseDown() {
            super("the database is down", null, false, false);
        }
    }

    private final int number;
    private final History history;
    private final Site site;
    private final PerfCache cache;
    private final CacheRegion<String> region;
    private volatile Set<Fault> faults = EnumSet.of(Fault.NONE);

    Node(int number, History history, Site site, Duration maxStaleness) {
        this.number = number;
        this.history = history;
        this.site = site;
        PerfCache.Builder builder = PerfCache.builder("history")
                .shared(site.tier(number))
                .commandTimeout(Duration.ofMillis(number == 0 ? 1_000 : 200))
                .maxStaleness(maxStaleness)
                .maximumPendingInvalidations(200);
        if (number % 2 == 1) {
            // Nodes do not agree on what time it is.
            long ahead = TimeUnit.DAYS.toNanos(365L * number);
            builder.ticker(() -> System.nanoTime() + ahead);
        }
        this.cache = builder.build();
        this.region = cache.region(
                "r",
                String.class,
                CachePolicy.builder().ttl(LONG).staleWhileRevalidate(STALE).build());
    }

    int number() {
        return number;
    }

    CacheRegion<String> region() {
        return region;
    }

    Wires wires() {
        return site.wires(number);
    }

    Set<Fault> faults() {
        return faults;
    }

    void suffersFrom(Fault ofRedis, Fault ofWires) {
        Set<Fault> now = EnumSet.of(ofRedis, ofWires);
        if (now.size() > 1) {
            now.remove(Fault.NONE);
        }
        faults = now;
    }

    boolean isWell() {
        return Inner.isFollowing(region);
    }

    /** Calls at random until the history ends. */
    void run(long seed) {
        Random random = new Random(seed);
        try {
            while (history.goesOn()) {
                call(random);
                if (random.nextInt(3) == 0) {
                    LockSupport.parkNanos(random.nextInt(7_000_000));
                }
            }
        } catch (Throwable t) {
            history.failed("a call on node " + number + " failed", t);
        }
    }

    private void call(Random random) {
        int dice = random.nextInt(100_000);
        if (dice < 70_000) {
            getOrSet(Keys.toRead(random), random);
        } else if (dice < 83_000) {
            read("getIfPresent", Keys.toRead(random), Tier.OTHER, region::getIfPresent);
        } else if (dice < 96_000) {
            read("read of the shared tier", Keys.toRead(random), Tier.SHARED, key -> Inner.findShared(region, key));
        } else if (dice < 97_400) {
            String key = Keys.toChange(random);
            change(Kind.KEY, key, Set.of(key), id -> region.invalidate(key));
        } else if (dice < 98_600) {
            put(random);
        } else if (dice < 99_997) {
            String pattern = Keys.patternToChange(random);
            change(Kind.PATTERN, pattern, Keys.matching(pattern), id -> region.invalidatePattern(pattern));
        } else {
            change(Kind.EVERYTHING, "", Keys.EVERY, id -> region.clear());
        }
    }

    private void getOrSet(String key, Random random) {
        long pause = loadTime(random);
        boolean fails = random.nextInt(50) == 0;
        read("getOrSet", key, Tier.OTHER, k -> {
            try {
                return Keys.isShortLived(k)
                        ? region.getOrSet(k, SHORT, () -> load(k, pause, fails))
                        : region.getOrSet(k, () -> load(k, pause, fails));
            } catch (DatabaseDown e) {
                return null;
            }
        });
    }

    private static long loadTime(Random random) {
        int dice = random.nextInt(1_000);
        long longest = dice < 600 ? 0 : dice < 850 ? 2 : dice < 970 ? 40 : dice < 998 ? 600 : LONGEST_LOAD.toMillis();
        return longest == 0 ? 0 : random.nextInt((int) TimeUnit.MILLISECONDS.toMicros(longest)) * 1_000L;
    }

    private String load(String key, long pause, boolean fails) {
        long bornAt = System.nanoTime();
        if (pause > 0) {
            LockSupport.parkNanos(pause);
        }
        if (fails) {
            throw new DatabaseDown();
        }
        return new Value(key, Origin.LOADED, bornAt, number, history.nextId(), List.of()).text();
    }

    private void read(String call, String key, Tier tier, Function<String, String> calling) {
        Set<Fault> during = faults;
        long startedAt = System.nanoTime();
        String text = calling.apply(key);
        if (text != null) {
            Value value = Value.parse(text);
            history.check(new Read(number, call, key, startedAt, System.nanoTime(), value, tier, 0, during));
        }
    }

    private void put(Random random) {
        String key = Keys.toChange(random);
        if (!Keys.isShortLived(key)) {
            change(Kind.PUT, key, Set.of(key), change -> {
                Value value = new Value(key, Origin.PUT, change.startedAt(), number, change.id(), List.of());
                return region.put(key, value.text());
            });
        }
    }

    private void change(Kind kind, String subject, Set<String> keys, Function<Change, Invalidation> calling) {
        Change change = history.begins(new Change(history.nextId(), number, kind, subject, keys, System.nanoTime()));
        Invalidation invalidation = calling.apply(change);
        change.returned(System.nanoTime());
        var unused = invalidation.acknowledged().thenRun(() -> change.acknowledged(System.nanoTime()));
    }

    @Override
    public void close() {
        cache.close();
    }
}
