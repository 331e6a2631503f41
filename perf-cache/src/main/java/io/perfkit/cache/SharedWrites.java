package io.perfkit.cache;

import io.perfkit.cache.EntryFormat.Written;
import io.perfkit.cache.Outbox.Item;
import io.perfkit.cache.RegionLog.Position;
import io.perfkit.cache.SharedRegion.Found;
import io.perfkit.cache.SharedRegion.Settings;
import io.perfkit.cache.SharedTier.Head;
import io.perfkit.cache.SharedTier.Kind;
import io.perfkit.cache.SharedTier.Storing;
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
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a region sends to the shared tier: loaded values, invalidations, puts. Nothing here waits for an answer, except
 * {@link #flush} on the background thread. Calls about many keys take effect here for all of them at once, and are sent
 * in {@link Rounds}.
 *
 * <p>An invalidation goes into the {@link Outbox} before it takes effect in the local tier. A load that begins between
 * the two finds the shared entry hidden; one that began before is cut off by the local effect. In the other order, a
 * load in between would read the old shared entry, and nobody would cut it off.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class SharedWrites<V> {

    /** So many keys go out in one round. */
    private static final int KEYS_AT_ONCE = 500;

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

    /** What keeps others from a key, and is to be removed. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Fence(String key, byte[] bytes) {}

    /** A loaded value that is to be stored where its fence stands. */
    record Loaded<V>(String key, Found<V> found, Encoded value, Life life) {}

    /**
     * A value that is to be put.
     *
     * @param delayed whether it was issued before, so that the node must know the log up to its event when it stores
     * @param stillWanted asked when its event is in the log: false if an invalidation was called since the put
     * @param localEffect what it does to the local tier, as soon as the shared entry is hidden
     */
    record Putting(
            String key,
            @Nullable Encoded value,
            Life life,
            boolean delayed,
            BooleanSupplier stillWanted,
            Runnable localEffect) {

        private Putting later() {
            return delayed ? this : new Putting(key, value, life, true, stillWanted, localEffect);
        }
    }

    private final SharedRegion<V> shared;
    private final Codec<V> codec;
    private final Settings settings;
    private final RegionCounters counters;
    private final SharedSession session;
    private final EntryFormat format;
    private final SharedGate gate;
    private final Outbox outbox;
    private final String name;
    private final LogCatchUp catchUp;

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
        this.catchUp = new LogCatchUp(shared, counters);
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
            codec.check(value, bytes);
            return bytes.length > settings.compressAbove() ? compressed(bytes) : new Encoded(bytes, false, false);
        } catch (Exception | StackOverflowError e) {
            failed("a value of region '" + name + "' cannot be shared", e);
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
        Storing entry = region == null ? null : storing(key, fence, head, value, life);
        if (region == null || entry == null) {
            return CompletableFuture.completedFuture(false);
        }
        return gate.submit(
                        counters,
                        () -> region.store(key, fence, entry.front(), entry.freshMillis(), entry.rest(), entry.life()),
                        0)
                .handle((stored, failure) -> stored(stored));
    }

    /** The same for many, in one round. The result says whether another may go out; it never fails. */
    private CompletableFuture<Boolean> fillAll(List<Storing> entries) {
        SharedTier.Region region = shared.remote();
        if (region == null || entries.isEmpty()) {
            return CompletableFuture.completedFuture(isLetThrough());
        }
        return gate.<List<Boolean>>submitAll(counters, () -> region.storeAll(entries))
                .thenApply(answers -> {
                    for (List<Boolean> part : answers == null ? List.<@Nullable List<Boolean>>of() : answers) {
                        if (part != null) {
                            part.forEach(this::stored);
                        }
                    }
                    return isLetThrough();
                });
    }

    private boolean stored(@Nullable Boolean stored) {
        if (Boolean.FALSE.equals(stored)) {
            counters.refusedStores.increment();
        }
        return Boolean.TRUE.equals(stored);
    }

    private @Nullable Storing storing(String key, byte[] fence, Head head, Encoded value, Life life) {
        if (!EntryFormat.fits(life.tags())) {
            failed("a value of region '" + name + "' has too many or too long tags to be shared", null);
            return null;
        }
        Written entry = format.value(head, settings.schemaVersion(), life, value);
        return new Storing(key, fence, entry.front(), life.freshMillis(), entry.rest(), life.whole());
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

    /** The same for many, in rounds. */
    void storeAll(List<Loaded<V>> values) {
        if (values.size() == 1) {
            Loaded<V> one = values.get(0);
            store(one.key(), one.found(), one.value(), one.life());
            return;
        }
        List<Storing> entries = new ArrayList<>(values.size());
        for (Loaded<V> each : values) {
            byte[] fence = each.found().fence();
            Head head = each.found().head();
            Storing entry =
                    fence == null || head == null ? null : storing(each.key(), fence, head, each.value(), each.life());
            if (entry != null) {
                entries.add(entry);
            }
        }
        Rounds.send(entries.size(), KEYS_AT_ONCE, (from, to) -> fillAll(entries.subList(from, to)), from -> {});
    }

    /**
     * Gives up what keeps other nodes from loading: the lease that a read planted, if it still stands, or the claim to
     * refresh what it found.
     */
    void release(String key, Found<V> found) {
        releaseAll(Map.of(key, found));
    }

    /** Removes a fence, if it still stands. Does not wait. */
    void remove(String key, byte[] fence) {
        removeAll(List.of(new Fence(key, fence)));
    }

    /** The same for many, in rounds. */
    void removeAll(List<Fence> fences) {
        askEach(fences, (region, fence) -> region.remove(fence.key(), fence.bytes()));
    }

    /** Gives up many, as {@link #release} does, in rounds. */
    void releaseAll(Map<String, Found<V>> given) {
        List<Fence> leases = new ArrayList<>();
        List<Fence> claims = new ArrayList<>();
        given.forEach((key, found) -> {
            byte[] fence = found.fence();
            if (fence != null && found.present()) {
                claims.add(new Fence(key, fence));
            } else if (fence != null && found.leaseIsOurs()) {
                leases.add(new Fence(key, fence));
            }
        });
        removeAll(leases);
        askEach(claims, (region, claim) -> region.unclaim(claim.key(), claim.bytes()));
    }

    private void askEach(List<Fence> fences, BiFunction<SharedTier.Region, Fence, CompletionStage<Boolean>> command) {
        Rounds.send(
                fences.size(),
                KEYS_AT_ONCE,
                (from, to) -> {
                    SharedTier.Region region = shared.remote();
                    if (region == null) {
                        return CompletableFuture.completedFuture(false);
                    }
                    return gate.<Boolean>submitAll(counters, () -> {
                                List<CompletionStage<Boolean>> sent = new ArrayList<>(to - from);
                                for (Fence fence : fences.subList(from, to)) {
                                    sent.add(command.apply(region, fence));
                                }
                                return sent;
                            })
                            .thenApply(answers -> isLetThrough());
                },
                from -> {});
    }

    /** Invalidates in the shared tier, and runs the local effect at the right moment: after the entry is hidden. */
    Invalidation invalidate(Item item, Runnable localEffect) {
        return invalidateAll(List.of(item), List.of(localEffect));
    }

    /** Several at once; acknowledged when all of them are. */
    Invalidation invalidateAll(List<Item> items, List<Runnable> localEffects) {
        for (Item item : items) {
            if (item.isOfOneKey()) {
                checkKey(item.subject);
            }
        }
        hide(items, localEffects);
        Rounds.send(
                items.size(),
                KEYS_AT_ONCE,
                (from, to) -> {
                    List<Item> some = items.subList(from, to);
                    return sendAll(some, (region, i) -> send(region, some.get(i)))
                            .thenApply(heads -> isLetThrough());
                },
                from -> items.subList(from, items.size()).forEach(this::notSent));
        return invalidation(items.stream().map(item -> item.acknowledgement).toList());
    }

    /** Whether the next round may go out, although one may have been late: nobody waits for it. */
    private boolean isLetThrough() {
        return shared.remote() != null && !gate.isOpen();
    }

    private void hide(List<Item> items, List<Runnable> localEffects) {
        for (Item item : items) {
            item.inFlight = true;
            if (!outbox.add(item)) {
                session.wake();
            }
        }
        localEffects.forEach(Runnable::run);
    }

    /** The background thread sends it. */
    private void notSent(Item item) {
        if (!outbox.notSent(item)) {
            session.wake();
        }
    }

    /** The epoch of several is the highest of theirs. */
    private static Invalidation invalidation(List<CompletableFuture<Long>> acknowledgements) {
        if (acknowledgements.size() == 1) {
            return new Invalidation(acknowledgements.get(0));
        }
        CompletableFuture<?>[] all = acknowledgements.toArray(CompletableFuture<?>[]::new);
        return new Invalidation(CompletableFuture.allOf(all)
                .thenApply(done -> acknowledgements.stream()
                        .mapToLong(CompletableFuture::join)
                        .max()
                        .orElse(0)));
    }

    /**
     * Like an invalidation of the key, followed by a store that only a later invalidation or put prevents.
     *
     * <p>A pattern that is called after the put may get the earlier epoch, because the event of the put is sent only
     * when its fence was planted. Such a pattern has taken effect in the local tier before it was sent, so it is seen
     * there before the value is stored; one that is sent later gets a later epoch than the put's.
     *
     * <p>Several at once are acknowledged when all of them are. A value without bytes is invalidated.
     */
    Invalidation putAll(List<Putting> values) {
        values.forEach(v -> checkKey(v.key()));
        List<Item> items =
                values.stream().map(v -> new Item(Kind.KEY, v.key(), null)).toList();
        List<CompletableFuture<Long>> done = new ArrayList<>(values.size());
        values.forEach(v -> done.add(new CompletableFuture<>()));
        hide(items, values.stream().map(Putting::localEffect).toList());
        Rounds.send(
                values.size(),
                KEYS_AT_ONCE,
                (from, to) -> {
                    List<Putting> some = values.subList(from, to);
                    // A later round goes out after what other nodes may have invalidated since the call.
                    return putSome(
                            from == 0 ? some : some.stream().map(Putting::later).toList(),
                            items.subList(from, to),
                            done.subList(from, to));
                },
                from -> {
                    for (int i = from; i < items.size(); i++) {
                        // It is sent again, as a plain invalidation.
                        forward(items.get(i).acknowledgement, done.get(i));
                        notSent(items.get(i));
                    }
                });
        return invalidation(done);
    }

    private CompletableFuture<Boolean> putSome(
            List<Putting> values, List<Item> items, List<CompletableFuture<Long>> done) {
        List<byte[]> fences = values.stream().map(v -> format.putFence()).toList();
        return sendAll(
                        items,
                        (region, i) -> values.get(i).value() == null
                                ? send(region, items.get(i))
                                : region.plant(values.get(i).key(), fences.get(i), PUT_FENCE_LIFE, format.origin()))
                .thenCompose(heads -> known(values, heads))
                .thenCompose(heads -> {
                    List<Storing> entries = new ArrayList<>(values.size());
                    List<Fence> unwanted = new ArrayList<>();
                    for (int i = 0; i < values.size(); i++) {
                        Head head = heads.get(i);
                        if (head == null) {
                            forward(items.get(i).acknowledgement, done.get(i));
                        } else if (values.get(i).value() != null) {
                            Storing entry = planted(values.get(i), fences.get(i), head);
                            if (entry == null) {
                                unwanted.add(new Fence(values.get(i).key(), fences.get(i)));
                            } else {
                                entries.add(entry);
                            }
                        }
                    }
                    removeAll(unwanted);
                    return fillAll(entries).thenApply(stored -> {
                        for (int i = 0; i < values.size(); i++) {
                            Head head = heads.get(i);
                            if (head != null) {
                                done.get(i).complete(head.epoch());
                            }
                        }
                        return isLetThrough();
                    });
                });
    }

    /** Reads the log up to the events of delayed puts: what was invalidated before them shows in the local tier then. */
    private CompletableFuture<List<@Nullable Head>> known(List<Putting> values, List<@Nullable Head> heads) {
        long before = 0;
        for (int i = 0; i < values.size(); i++) {
            Head head = heads.get(i);
            if (head != null && values.get(i).delayed()) {
                before = Math.max(before, head.epoch() - 1);
            }
        }
        return before == 0
                ? CompletableFuture.completedFuture(heads)
                : catchUp.upTo(before).thenApply(done -> heads);
    }

    private boolean isKnown(Head head) {
        Position position = shared.log().position();
        SharedTier.Region region = shared.remote();
        return region != null
                && region.endsWithEvents()
                && position != null
                && position.incarnation() == head.incarnation()
                && position.epoch() >= head.epoch() - 1;
    }

    /** What is to replace a fence that was planted; null if nothing is. */
    private @Nullable Storing planted(Putting putting, byte[] fence, Head head) {
        Encoded value = putting.value();
        if (value == null) {
            return null;
        }
        boolean known = !putting.delayed() || isKnown(head);
        return known && putting.stillWanted().getAsBoolean()
                ? storing(putting.key(), fence, head, value, putting.life())
                : null;
    }

    /**
     * Sends in one round through the gate; the result has the acknowledging heads, with null for each that there was
     * none. Never fails.
     *
     * @param command the command for the item at an index
     */
    private CompletableFuture<List<@Nullable Head>> sendAll(
            List<Item> items, BiFunction<SharedTier.Region, Integer, CompletionStage<Head>> command) {
        SharedTier.Region region = shared.remote();
        if (region == null) {
            return CompletableFuture.completedFuture(acknowledged(items, null));
        }
        return gate.<Head>submitAll(counters, () -> {
                    List<CompletionStage<Head>> sent = new ArrayList<>(items.size());
                    for (int i = 0; i < items.size(); i++) {
                        sent.add(command.apply(region, i));
                    }
                    return sent;
                })
                .thenApply(heads -> acknowledged(items, heads));
    }

    private List<@Nullable Head> acknowledged(List<Item> items, @Nullable List<@Nullable Head> heads) {
        List<@Nullable Head> all = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            // Fewer than the items, if the sending failed in the middle.
            Head head = heads == null || i >= heads.size() ? null : heads.get(i);
            all.add(head);
            if (head == null) {
                notSent(items.get(i));
            } else {
                acknowledged(items.get(i), head);
            }
        }
        return all;
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
