package io.perfkit.cache;

import io.perfkit.cache.Outbox.Item;
import io.perfkit.cache.RegionLog.Position;
import io.perfkit.cache.SharedRegion.Found;
import io.perfkit.cache.SharedTier.Head;
import io.perfkit.cache.SharedTier.Kind;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a region sends to the shared tier: loaded values, invalidations, puts. Nothing here waits for an answer, except
 * {@link #flush} on the background thread.
 *
 * <p>An invalidation goes into the {@link Outbox} before it takes effect in the local tier. A load that begins between
 * the two finds the shared entry hidden; one that began before is cut off by the local effect. In the other order, a
 * load in between would read the old shared entry, and nobody would cut it off.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class SharedWrites<V> {

    /** The value follows its fence by two round trips. */
    static final Duration PUT_FENCE_LIFE = Duration.ofSeconds(10);

    private final SharedRegion<V> shared;
    private final Codec<V> codec;
    private final RegionCounters counters;
    private final SharedSession session;
    private final EntryFormat format;
    private final SharedGate gate;
    private final Outbox outbox;
    private final String name;

    SharedWrites(
            SharedRegion<V> shared, Codec<V> codec, RegionCounters counters, SharedSession session, Outbox outbox) {
        this.shared = shared;
        this.codec = codec;
        this.counters = counters;
        this.session = session;
        this.format = session.format();
        this.gate = session.gate();
        this.outbox = outbox;
        this.name = shared.name();
    }

    /** The value's bytes, or null if it has none that may be shared. */
    byte @Nullable [] encode(V value) {
        try {
            return codec.encode(value);
        } catch (Exception | StackOverflowError e) {
            counters.sharedFailures.increment();
            session.failures().failed("a value of region '" + name + "' has no encoding", e);
            return null;
        }
    }

    /** Replaces a fence by an entry. The result says whether it was stored; it never fails. */
    private CompletableFuture<Boolean> fill(String key, byte[] fence, byte[] entry, Duration life) {
        SharedTier.Region region = shared.remote();
        if (region == null) {
            return CompletableFuture.completedFuture(false);
        }
        return gate.submit(counters, () -> region.store(key, fence, entry, life))
                .handle((stored, failure) -> {
                    if (Boolean.FALSE.equals(stored)) {
                        counters.refusedStores.increment();
                    }
                    return Boolean.TRUE.equals(stored);
                });
    }

    private static void forward(CompletableFuture<Long> from, CompletableFuture<Long> to) {
        from.whenComplete((epoch, failure) -> {
            if (failure == null) {
                to.complete(epoch);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }

    /** Stores a loaded value where its fence still stands. Does not wait. */
    void store(String key, Found<V> found, byte[] value, Duration ttl, Duration stale) {
        byte[] fence = found.fence();
        Head head = found.head();
        if (fence != null && head != null && !isTooLarge(key, value)) {
            var unused = fill(key, fence, format.value(head, stale.toMillis(), value), ttl.plus(stale));
        }
    }

    private boolean isTooLarge(String key, byte[] value) {
        if (value.length <= SharedRegion.LARGEST_ENTRY) {
            return false;
        }
        counters.sharedFailures.increment();
        session.failures()
                .failed(
                        "the value of key '" + key + "' of region '" + name + "' has " + value.length
                                + " bytes, and only " + SharedRegion.LARGEST_ENTRY + " may be shared",
                        null);
        return true;
    }

    /** Invalidates in the shared tier, and runs the local effect at the right moment: after the entry is hidden. */
    Invalidation invalidate(Item item, Runnable localEffect) {
        if (item.kind == Kind.KEY) {
            checkKey(item.subject);
        }
        item.inFlight = true;
        remember(item);
        localEffect.run();
        send(item, region -> send(region, item));
        return new Invalidation(item.acknowledgement);
    }

    private void remember(Item item) {
        if (!outbox.add(item)) {
            session.wake();
        }
    }

    /** Like an invalidation of the key, followed by a store that only a later invalidation or put prevents. */
    Invalidation put(String key, byte @Nullable [] value, Duration ttl, Duration stale, Runnable localEffect) {
        checkKey(key);
        Item item = new Item(Kind.KEY, key, null);
        if (value == null || isTooLarge(key, value)) {
            return invalidate(item, localEffect);
        }
        item.inFlight = true;
        remember(item);
        localEffect.run();
        byte[] fence = format.putFence();
        CompletableFuture<Long> done = new CompletableFuture<>();
        send(item, region -> region.plant(key, fence, PUT_FENCE_LIFE, format.origin()))
                .thenAccept(head -> {
                    if (head == null) {
                        // It is sent again, as a plain invalidation.
                        forward(item.acknowledgement, done);
                    } else {
                        fill(key, fence, format.value(head, stale.toMillis(), value), ttl.plus(stale))
                                .thenAccept(stored -> done.complete(head.epoch()));
                    }
                });
        return new Invalidation(done);
    }

    /** Sends through the gate; the result is the acknowledging head, or null if there was none. Never fails. */
    private CompletableFuture<@Nullable Head> send(
            Item item, Function<SharedTier.Region, CompletionStage<Head>> command) {
        SharedTier.Region region = shared.remote();
        if (region == null) {
            item.inFlight = false;
            return CompletableFuture.completedFuture(null);
        }
        return gate.submit(counters, () -> command.apply(region)).handle((head, failure) -> {
            if (failure != null) {
                item.inFlight = false;
                return null;
            }
            acknowledged(item, head);
            return head;
        });
    }

    private CompletionStage<Head> send(SharedTier.Region region, Item item) {
        return switch (item.kind) {
            case KEY -> region.invalidate(item.subject, format.origin());
            case PATTERN -> region.invalidateMatching(item.subject, format.origin());
            case EVERYTHING -> region.clear(format.origin());
        };
    }

    private void acknowledged(Item item, Head head) {
        Position position = shared.log().position();
        outbox.acknowledged(item, head, position);
        if (position != null && position.incarnation() != head.incarnation()) {
            shared.lost();
        }
    }

    /** Sends again what was not acknowledged. */
    void flush() throws Exception {
        SharedTier.Region region = shared.remote();
        if (region == null) {
            return;
        }
        Map<Item, CompletionStage<Head>> sent = new LinkedHashMap<>();
        for (Item item : outbox.idle()) {
            sent.put(item, send(region, item));
        }
        for (Map.Entry<Item, CompletionStage<Head>> each : sent.entrySet()) {
            Head head = session.await(each.getValue());
            if (head != null) {
                acknowledged(each.getKey(), head);
            }
        }
    }

    static void checkKey(String key) {
        for (int i = 0; i < key.length(); i++) {
            if (Character.isSurrogate(key.charAt(i))) {
                CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
                if (!encoder.canEncode(key)) {
                    throw new IllegalArgumentException(
                            "A key must be well-formed Unicode, but this one has a surrogate "
                                    + "without its partner: two such keys would share one entry");
                }
                return;
            }
        }
    }
}
