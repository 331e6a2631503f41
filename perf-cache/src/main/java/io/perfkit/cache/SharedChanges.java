package io.perfkit.cache;

import io.perfkit.cache.LogPosition.Position;
import io.perfkit.cache.PendingInvalidations.Item;
import io.perfkit.cache.SharedClaims.Fence;
import io.perfkit.cache.internal.Futures;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Kind;
import io.perfkit.cache.spi.SharedTier.Storing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a region sends to the shared tier when it is changed: invalidations and puts. Nothing here waits for an answer,
 * except {@link #flush} on the background thread. Calls about many keys take effect here for all of them at once, and are
 * sent in {@link Rounds}.
 *
 * <p>An invalidation becomes one of the {@link PendingInvalidations} before it takes effect in the local tier. A load
 * that begins between the two finds the shared entry hidden; one that began before is cut off by the local effect. In
 * the other order, a load in between would read the old shared entry, and nothing would cut it off.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class SharedChanges<V> {

    /** The value follows its fence by two round trips. */
    static final Duration PUT_FENCE_LIFE = Duration.ofSeconds(10);

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

    private final RegionLink link;
    private final PendingInvalidations pending;
    private final ValueFormat<V> values;
    private final SharedStores<V> stores;
    private final SharedClaims<V> claims;
    private final Counters counters;
    private final SharedSession session;
    private final SharedBreaker breaker;
    private final EntryFormat format;
    private final LogCatchUp catchUp;

    SharedChanges(
            RegionLink link,
            PendingInvalidations pending,
            ValueFormat<V> values,
            SharedStores<V> stores,
            SharedClaims<V> claims,
            Counters counters,
            SharedSession session) {
        this.link = link;
        this.pending = pending;
        this.values = values;
        this.stores = stores;
        this.claims = claims;
        this.counters = counters;
        this.session = session;
        this.breaker = session.breaker();
        this.format = session.format();
        this.catchUp = new LogCatchUp(link, breaker, counters);
    }

    /**
     * Invalidates in the shared tier, and runs the local effects at the right moment: after the entries are hidden.
     * Acknowledged when all of them are.
     */
    Invalidation invalidateAll(List<Item> items, List<Runnable> localEffects) {
        for (Item item : items) {
            if (item.isOfOneKey()) {
                EntryFormat.checkKey(item.subject);
            }
        }
        hide(items, localEffects);
        Rounds.send(
                items.size(),
                Rounds.KEYS_AT_ONCE,
                (from, to) -> {
                    List<Item> some = items.subList(from, to);
                    return sendAll(some, (region, i) -> send(region, some.get(i)))
                            .thenApply(heads -> link.isUsable());
                },
                from -> items.subList(from, items.size()).forEach(this::notSent));
        return invalidation(items.stream().map(item -> item.acknowledgement).toList());
    }

    private void hide(List<Item> items, List<Runnable> localEffects) {
        for (Item item : items) {
            item.inFlight = true;
            if (!pending.add(item)) {
                session.wake();
            }
        }
        localEffects.forEach(Runnable::run);
    }

    /** The background thread sends it. */
    private void notSent(Item item) {
        if (!pending.notSent(item)) {
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
    Invalidation putAll(List<Putting> puttings) {
        puttings.forEach(v -> EntryFormat.checkKey(v.key()));
        List<Item> items =
                puttings.stream().map(v -> new Item(Kind.KEY, v.key(), null)).toList();
        List<CompletableFuture<Long>> done = new ArrayList<>(puttings.size());
        puttings.forEach(v -> done.add(new CompletableFuture<>()));
        hide(items, puttings.stream().map(Putting::localEffect).toList());
        Rounds.send(
                puttings.size(),
                Rounds.KEYS_AT_ONCE,
                (from, to) -> {
                    List<Putting> some = puttings.subList(from, to);
                    // A later round goes out after what other nodes may have invalidated since the call.
                    return putSome(
                            from == 0 ? some : some.stream().map(Putting::later).toList(),
                            items.subList(from, to),
                            done.subList(from, to));
                },
                from -> {
                    for (int i = from; i < items.size(); i++) {
                        // It is sent again, as a plain invalidation.
                        Futures.forward(items.get(i).acknowledgement, done.get(i));
                        notSent(items.get(i));
                    }
                });
        return invalidation(done);
    }

    private CompletableFuture<Boolean> putSome(
            List<Putting> puttings, List<Item> items, List<CompletableFuture<Long>> done) {
        List<byte[]> fences = puttings.stream().map(v -> format.putFence()).toList();
        return sendAll(
                        items,
                        (region, i) -> puttings.get(i).value() == null
                                ? send(region, items.get(i))
                                : region.plant(puttings.get(i).key(), fences.get(i), PUT_FENCE_LIFE, format.origin()))
                .thenCompose(heads -> known(puttings, heads))
                .thenCompose(heads -> {
                    List<Storing> entries = new ArrayList<>(puttings.size());
                    List<Fence> unwanted = new ArrayList<>();
                    for (int i = 0; i < puttings.size(); i++) {
                        Head head = heads.get(i);
                        if (head == null) {
                            Futures.forward(items.get(i).acknowledgement, done.get(i));
                        } else if (puttings.get(i).value() != null) {
                            Storing entry = planted(puttings.get(i), fences.get(i), head);
                            if (entry == null) {
                                unwanted.add(new Fence(puttings.get(i).key(), fences.get(i)));
                            } else {
                                entries.add(entry);
                            }
                        }
                    }
                    claims.removeAll(unwanted);
                    return stores.fillAll(entries).thenApply(stored -> {
                        for (int i = 0; i < puttings.size(); i++) {
                            Head head = heads.get(i);
                            if (head != null) {
                                done.get(i).complete(head.epoch());
                            }
                        }
                        return link.isUsable();
                    });
                });
    }

    /** Reads the log up to the events of delayed puts: what was invalidated before them shows in the local tier then. */
    private CompletableFuture<List<@Nullable Head>> known(List<Putting> puttings, List<@Nullable Head> heads) {
        long before = 0;
        for (int i = 0; i < puttings.size(); i++) {
            Head head = heads.get(i);
            if (head != null && puttings.get(i).delayed()) {
                before = Math.max(before, head.epoch() - 1);
            }
        }
        return before == 0
                ? CompletableFuture.completedFuture(heads)
                : catchUp.upTo(before).thenApply(done -> heads);
    }

    private boolean isKnown(Head head) {
        Position position = link.position();
        SharedTier.Region region = link.remote();
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
                ? values.storing(putting.key(), fence, head, value, putting.life())
                : null;
    }

    /**
     * Sends in one round through the breaker; the result has the acknowledging heads, with null for each that there was
     * none. Never fails.
     *
     * @param command the command for the item at an index
     */
    private CompletableFuture<List<@Nullable Head>> sendAll(
            List<Item> items, BiFunction<SharedTier.Region, Integer, CompletionStage<Head>> command) {
        SharedTier.Region region = link.remote();
        if (region == null) {
            return CompletableFuture.completedFuture(acknowledged(items, null));
        }
        return breaker.<Head>submitAll(counters, () -> {
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
            case DUE_KEY -> region.makeDue(item.subject, format.generation(), format.origin());
            case PATTERN, TAG, EVERYTHING, DUE_PATTERN -> region.issue(item.kind, item.subject, format.origin());
        };
    }

    private void acknowledged(Item item, Head head) {
        Position position = link.position();
        pending.acknowledged(item, head, position);
        if (position != null && position.incarnation() != head.incarnation()) {
            link.lost();
        }
    }

    /** Sends again what was not acknowledged. */
    void flush() throws Exception {
        SharedTier.Region region = link.remote();
        if (region == null) {
            return;
        }
        Map<Item, CompletionStage<Head>> sent = new LinkedHashMap<>();
        for (Item item : pending.idle()) {
            sent.put(item, send(region, item));
        }
        for (Map.Entry<Item, CompletionStage<Head>> each : sent.entrySet()) {
            Head head = session.await(each.getValue(), 1);
            if (head != null) {
                acknowledged(each.getKey(), head);
            }
        }
    }
}
