package io.perfkit.cache.history;

import io.perfkit.cache.CacheListener;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A node of the application: a cache of its own, with settings that differ from node to node and from seed to seed. As a
 * listener of its cache it knows from which tier a call was answered, and which canaries have come by.
 */
final class Node implements CacheListener, AutoCloseable {

    static final Duration SHORT = Duration.ofMillis(1_200);
    static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration ABSENCE = Duration.ofSeconds(30);
    private static final Duration STALE = Duration.ofSeconds(2);
    private static final Duration STALE_IF_ERROR = Duration.ofSeconds(4);

    /** After its ttl, no value is used for longer than that. */
    static final Duration MAXIMUM_STALE = STALE_IF_ERROR;

    private static final String CANARY = "canary:";

    /** What a listener was told while a call ran on its thread. */
    static final class Hits {
        final Map<String, Read.Tier> tiers = new HashMap<>();
        boolean stale;
    }

    private final int number;
    private final Site site;
    private final PerfCache cache;
    private final CacheRegion<String> region;
    private final CacheRegion<String> shortLived;
    private final boolean mayTimeOut;
    private final AtomicLong appliedUpTo = new AtomicLong(Long.MIN_VALUE);
    private final Map<Integer, Canary> lastSeen = new ConcurrentHashMap<>();
    private final ThreadLocal<Hits> hits = ThreadLocal.withInitial(Hits::new);
    private volatile Set<Fault> faults = EnumSet.of(Fault.NONE);

    /**
     * An invalidation of a key that is used once.
     *
     * @param node where it was called
     * @param number how many there were before
     * @param startedAt when it was called
     */
    record Canary(int node, long number, long startedAt) {

        String key() {
            return CANARY + node + ":" + number + ":" + startedAt;
        }

        static Canary parse(String key) {
            String[] parts = key.split(":", -1);
            return new Canary(Integer.parseInt(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3]));
        }
    }

    Node(int number, long seed, Site site, Duration maxStaleness) {
        this.number = number;
        this.site = site;
        this.mayTimeOut = number == 2 && seed % 2 == 0;
        PerfCache.Builder builder = PerfCache.builder("history")
                .shared(site.tier(number))
                .commandTimeout(Duration.ofMillis(number == 0 ? 1_000 : 200))
                .maxStaleness(maxStaleness)
                .maximumPendingInvalidations(200)
                .listener(this);
        if (number % 2 == 1) {
            // Nodes do not agree on what time it is.
            long ahead = TimeUnit.DAYS.toNanos(365L * number);
            builder.ticker(() -> System.nanoTime() + ahead);
        }
        this.cache = builder.build();
        this.region = cache.region("r", String.class, policy(seed));
        this.shortLived = region.withTtl(SHORT);
    }

    private CachePolicy policy(long seed) {
        CachePolicy.Builder policy = CachePolicy.builder()
                .ttl(LONG)
                .ttlJitter(0.1)
                // Without it a call waits for its load, and has the stale value only if that fails.
                .staleWhileRevalidate(number == 0 ? Duration.ZERO : STALE)
                .staleIfError(STALE_IF_ERROR)
                .nullTtl(ABSENCE);
        if (number == 1) {
            policy.refreshAhead(1).compressAbove(1);
        }
        if (mayTimeOut) {
            policy.loadTimeout(Duration.ofMillis(30), Duration.ofMillis(900));
        }
        if (number == 3) {
            policy.sharedOnly();
        }
        if (seed % 3 == 1) {
            policy.crossNodeLoads(Duration.ofSeconds(1));
        }
        return policy.build();
    }

    /** For how long a value is fresh, whichever node has loaded or put it. */
    static Duration longestTtl(Value value) {
        return value.isAbsence() ? ABSENCE : Keys.isShortLived(value.key()) ? SHORT : LONG;
    }

    int number() {
        return number;
    }

    /** The region, seen so that loads and puts of the key have the right ttl. */
    CacheRegion<String> regionFor(String key) {
        return Keys.isShortLived(key) ? shortLived : region;
    }

    CacheRegion<String> region() {
        return region;
    }

    /** Whether a call may fail because its load took too long. */
    boolean mayTimeOut() {
        return mayTimeOut;
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

    /** Everything that was acknowledged before this instant is applied here. */
    long appliedUpTo() {
        return appliedUpTo.get();
    }

    /** Whether a canary has come by that this other node sent after an instant. */
    boolean hasHeardOf(Node other, long since) {
        Canary last = lastSeen.get(other.number);
        return other == this || last != null && last.startedAt() > since;
    }

    boolean isSharedTierUp() {
        return cache.isSharedTierUp();
    }

    void send(long id) {
        var unused = region.invalidate(new Canary(number, id, System.nanoTime()).key());
    }

    /** What the listener will be told during the next call on this thread. */
    Hits listen() {
        Hits mine = hits.get();
        mine.tiers.clear();
        mine.stale = false;
        return mine;
    }

    @Override
    public void onHit(String in, String key, Tier tier, boolean stale) {
        Hits mine = hits.get();
        mine.tiers.put(key, tier == Tier.LOCAL ? Read.Tier.LOCAL : Read.Tier.SHARED);
        mine.stale |= stale;
    }

    @Override
    public void onInvalidation(String in, Scope scope, String subject, boolean remote) {
        if (remote && subject.startsWith(CANARY)) {
            Canary canary = Canary.parse(subject);
            lastSeen.put(canary.node(), canary);
            appliedUpTo.accumulateAndGet(canary.startedAt(), Math::max);
        }
    }

    @Override
    public void close() {
        cache.close();
    }
}
