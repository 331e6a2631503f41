package io.perfkit.cache;

import io.perfkit.cache.EntryFormat.Written;
import io.perfkit.cache.Outbox.Item;
import io.perfkit.cache.RegionLog.Position;
import io.perfkit.cache.SharedRegion.Found;
import io.perfkit.cache.SharedRegion.Settings;
import io.perfkit.cache.SharedTier.Head;
import io.perfkit.cache.SharedTier.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a region sends to the shared tier: loaded values, invalidations, puts. Nothing here waits for an answer, except
 * {@link #flush} on the background thread. Calls about many keys send everything before any answer is there.
 *
 * <p>An invalidation goes into the {@link Outbox} before it takes effect in the local tier. A load that begins between
 * the two finds the shared entry hidden; one that began before is cut off by the local effect. In the other order, a
 * load in between would read the old shared entry, and nobody would cut it off.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class SharedWrites<V> {

    /** The value follows its fence by two round trips. */
    static final Duration PUT_FENCE_LIFE = Duration.ofSeconds(10);

    /**
     * How long an entry lives.
     *
     * @param ttl for how many nanoseconds it is fresh
     * @param stale for how many after that it is served while it is loaded anew
     * @param onError for how many after the ttl it is served if loading fails
     * @param loadNanos how long its load took
     * @param tags its tags
     */
    record Life(long ttl, long stale, long onError, long loadNanos, List<String> tags) {

        private Duration whole() {
            return Duration.ofMillis(Math.max(1, millis(ttl + Math.max(stale, onError))));
        }

        private long freshMillis() {
            return millis(ttl);
        }

        private static long millis(long nanos) {
            return TimeUnit.NANOSECONDS.toMillis(nanos);
        }
    }

    /**
     * A value's bytes as they go into an entry.
     *
     * @param isNull whether they stand for an absence
     * @param compressed whether they begin with the inflated size
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Encoded(byte[] bytes, boolean isNull, boolean compressed) {

        private static final Encoded NULL = new Encoded(new byte[0], true, false);
    }

    /** A loaded value that is to be stored where its fence stands. */
    record Loaded<V>(String key, Found<V> found, Encoded value, Life life) {}

    /**
     * A value that is to be put.
     *
     * @param stillWanted asked when its event is in the log: false if an invalidation was called since the put
     */
    record Putting(String key, @Nullable Encoded value, Life life, BooleanSupplier stillWanted) {}

    private final SharedRegion<V> shared;
    private final Codec<V> codec;
    private final Settings settings;
    private final RegionCounters counters;
    private final SharedSession session;
    private final EntryFormat format;
    private final SharedGate gate;
    private final Outbox outbox;
    private final String name;

    SharedWrites(
            SharedRegion<V> shared,
            Codec<V> codec,
            Settings settings,
            RegionCounters counters,
            SharedSession session,
            Outbox outbox) {
        this.shared = shared;
        this.codec = codec;
        this.settings = settings;
        this.counters = counters;
        this.session = session;
        this.format = session.format();
        this.gate = session.gate();
        this.outbox = outbox;
        this.name = shared.name();
    }

    /** The value's bytes, or null if it has none that may be shared. A null value has some. */
    @Nullable
    Encoded encode(@Nullable V value) {
        if (value == null) {
            return Encoded.NULL;
        }
        try {
            byte[] bytes = codec.encode(value);
            if (bytes.length > SharedRegion.LARGEST_ENTRY) {
                failed(
                        "a value of region '" + name + "' has " + bytes.length + " bytes, and only "
                                + SharedRegion.LARGEST_ENTRY + " may be shared",
                        null);
                return null;
            }
            return bytes.length > settings.compressAbove() ? compressed(bytes) : new Encoded(bytes, false, false);
        } catch (Exception | StackOverflowError e) {
            failed("a value of region '" + name + "' has no encoding", e);
            return null;
        }
    }

    private Encoded compressed(byte[] bytes) throws Exception {
        byte[] shorter = settings.compression().compress(bytes);
        if (shorter.length + Integer.BYTES >= bytes.length) {
            return new Encoded(bytes, false, false);
        }
        byte[] whole = ByteBuffer.allocate(Integer.BYTES + shorter.length)
                .putInt(bytes.length)
                .put(shorter)
                .array();
        return new Encoded(whole, false, true);
    }

    private void failed(String what, @Nullable Throwable cause) {
        counters.sharedFailures.increment();
        session.failures().failed(what, cause);
    }

    /** Replaces a fence by an entry. The result says whether it was stored; it never fails. */
    private CompletableFuture<Boolean> fill(String key, byte[] fence, Head head, Encoded value, Life life) {
        SharedTier.Region region = shared.remote();
        if (region == null) {
            return CompletableFuture.completedFuture(false);
        }
        if (!EntryFormat.fits(life.tags())) {
            failed("a value of region '" + name + "' has too many or too long tags to be shared", null);
            return CompletableFuture.completedFuture(false);
        }
        Written entry = format.value(head, settings.schemaVersion(), life, value);
        return gate.submit(
                        counters,
                        () -> region.store(key, fence, entry.front(), life.freshMillis(), entry.rest(), life.whole()),
                        0)
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
    void store(String key, Found<V> found, Encoded value, Life life) {
        byte[] fence = found.fence();
        Head head = found.head();
        if (fence != null && head != null) {
            var unused = fill(key, fence, head, value, life);
        }
    }

    void storeAll(List<Loaded<V>> values) {
        values.forEach(v -> store(v.key(), v.found(), v.value(), v.life()));
    }

    /**
     * Gives up what keeps other nodes from loading: the lease that a read planted, if it still stands, or the claim to
     * refresh what it found.
     */
    void release(String key, Found<V> found) {
        byte[] fence = found.fence();
        SharedTier.Region region = shared.remote();
        if (fence == null || region == null) {
            return;
        }
        if (found.present()) {
            var unused = gate.submit(counters, () -> region.unclaim(key, fence), 0);
        } else if (found.leaseIsOurs()) {
            remove(key, fence);
        }
    }

    /** Removes a fence, if it still stands. Does not wait. */
    void remove(String key, byte[] fence) {
        SharedTier.Region region = shared.remote();
        if (region != null) {
            var unused = gate.submit(counters, () -> region.remove(key, fence), 0);
        }
    }

    /** Invalidates in the shared tier, and runs the local effect at the right moment: after the entry is hidden. */
    Invalidation invalidate(Item item, Runnable localEffect) {
        return invalidateAll(List.of(item), localEffect);
    }

    /** Several at once; acknowledged when all of them are. */
    Invalidation invalidateAll(List<Item> items, Runnable localEffect) {
        List<CompletableFuture<Long>> acknowledgements = new ArrayList<>(items.size());
        for (Item item : items) {
            if (item.isOfOneKey()) {
                checkKey(item.subject);
            }
        }
        for (Item item : items) {
            item.inFlight = true;
            remember(item);
            acknowledgements.add(item.acknowledgement);
        }
        localEffect.run();
        for (Item item : items) {
            send(item, region -> send(region, item));
        }
        return invalidation(acknowledgements);
    }

    /** The epoch of several is the highest of theirs. */
    private static Invalidation invalidation(List<CompletableFuture<Long>> acknowledgements) {
        if (acknowledgements.size() == 1) {
            return new Invalidation(acknowledgements.get(0));
        }
        CompletableFuture<Long> all = CompletableFuture.completedFuture(0L);
        for (CompletableFuture<Long> each : acknowledgements) {
            all = all.thenCombine(each, Math::max);
        }
        return new Invalidation(all);
    }

    private void remember(Item item) {
        if (!outbox.add(item)) {
            session.wake();
        }
    }

    /**
     * Like an invalidation of the key, followed by a store that only a later invalidation or put prevents.
     *
     * <p>A pattern that is called after the put may get the earlier epoch, because the event of the put is sent only
     * when its fence was planted. Such a pattern has taken effect in the local tier before it was sent, so it is seen
     * there before the value is stored; one that is sent later gets a later epoch than the put's.
     */
    Invalidation put(
            String key, @Nullable Encoded value, Life life, BooleanSupplier stillWanted, Runnable localEffect) {
        return putAll(List.of(new Putting(key, value, life, stillWanted)), localEffect);
    }

    /** Several at once; acknowledged when all of them are. A value without bytes is invalidated. */
    Invalidation putAll(List<Putting> values, Runnable localEffect) {
        values.forEach(v -> checkKey(v.key()));
        List<Item> items = new ArrayList<>(values.size());
        for (Putting value : values) {
            Item item = new Item(Kind.KEY, value.key(), null);
            item.inFlight = true;
            remember(item);
            items.add(item);
        }
        localEffect.run();
        List<CompletableFuture<Long>> acknowledgements = new ArrayList<>(values.size());
        for (int i = 0; i < items.size(); i++) {
            acknowledgements.add(put(items.get(i), values.get(i)));
        }
        return invalidation(acknowledgements);
    }

    private CompletableFuture<Long> put(Item item, Putting putting) {
        String key = putting.key();
        Encoded value = putting.value();
        if (value == null) {
            send(item, region -> send(region, item));
            return item.acknowledgement;
        }
        byte[] fence = format.putFence();
        CompletableFuture<Long> done = new CompletableFuture<>();
        send(item, region -> region.plant(key, fence, PUT_FENCE_LIFE, format.origin()))
                .thenAccept(head -> {
                    if (head == null) {
                        // It is sent again, as a plain invalidation.
                        forward(item.acknowledgement, done);
                    } else if (!putting.stillWanted().getAsBoolean()) {
                        remove(key, fence);
                        done.complete(head.epoch());
                    } else {
                        fill(key, fence, head, value, putting.life()).thenAccept(stored -> done.complete(head.epoch()));
                    }
                });
        return done;
    }

    /** Sends through the gate; the result is the acknowledging head, or null if there was none. Never fails. */
    private CompletableFuture<@Nullable Head> send(
            Item item, Function<SharedTier.Region, CompletionStage<Head>> command) {
        SharedTier.Region region = shared.remote();
        if (region == null) {
            item.inFlight = false;
            return CompletableFuture.completedFuture(null);
        }
        return gate.submit(counters, () -> command.apply(region), 0).handle((head, failure) -> {
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
            case EXPIRE_KEY -> region.expire(item.subject, format.generation(), format.origin());
            case PATTERN, TAG, EVERYTHING, EXPIRE_PATTERN -> region.issue(item.kind, item.subject, format.origin());
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
            Head head = session.await(each.getValue(), 1);
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
