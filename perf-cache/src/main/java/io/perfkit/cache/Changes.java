package io.perfkit.cache;

import io.perfkit.cache.PendingInvalidations.Item;
import io.perfkit.cache.SharedChanges.Putting;
import io.perfkit.cache.spi.SharedTier.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What changes a region from outside: invalidations, expiries and puts, each with its effect on both tiers. */
final class Changes<V> {

    private final String name;
    private final CoarseClock clock;
    private final LocalTier<V> local;
    private final @Nullable SharedRegion<V> shared;
    private final Counters counters;
    private final Lifetimes lifetimes;
    private final SharedValues<V> values;
    /** How long to wait for the acknowledgement; null not to wait. */
    private final @Nullable Duration mustBeAcknowledged;

    Changes(RegionParts<V> parts, Lifetimes lifetimes, SharedValues<V> values, @Nullable Duration mustBeAcknowledged) {
        this.name = parts.name();
        this.clock = parts.clock();
        this.local = parts.local();
        this.shared = parts.shared();
        this.counters = parts.counters();
        this.lifetimes = lifetimes;
        this.values = values;
        this.mustBeAcknowledged = mustBeAcknowledged;
    }

    Invalidation put(String key, V value, long ttl) {
        return acknowledged("put", key, start(List.of(putting(key, value, ttl, null))));
    }

    /** The same for a put that was issued before. */
    Invalidation put(String key, V value, long ttl, DelayedPut delayed) {
        return acknowledged("put", key, start(List.of(putting(key, value, ttl, delayed))));
    }

    Invalidation putAll(Map<String, ? extends V> values, long ttl) {
        // All of them before the first takes effect: nothing is half done because of a null.
        values.forEach((key, value) -> {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(value, () -> "the value of key '" + key + "'");
        });
        List<Putting> puttings = new ArrayList<>(values.size());
        values.forEach((key, value) -> puttings.add(putting(key, value, ttl, null)));
        return acknowledged("putAll", values.size() + " keys", start(puttings));
    }

    private Invalidation start(List<Putting> puttings) {
        puttings.forEach(each -> counters.invalidated(Kind.KEY, each.key(), false));
        if (shared == null) {
            puttings.forEach(each -> each.localEffect().run());
            return Invalidation.DONE;
        }
        return shared.putAll(puttings);
    }

    private Putting putting(String key, V value, long ttl, @Nullable DelayedPut delayed) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        @Nullable Encoded bytes = values.encodeIfNeeded(value);
        Life life = lifetimes.life(value, ttl, new LoadContext<>(null), 0);
        long epoch = local.epoch();
        Entry<V> entry = lifetimes.entry(value, epoch, clock.preciseNanos(), life, SharedValues.weight(key, bytes));
        return delayed == null
                ? new Putting(key, bytes, life, false, () -> !local.isOverrun(key, epoch), () -> local.put(key, entry))
                : new Putting(key, bytes, life, true, delayed::isUnchanged, () -> delayed.apply(local, entry));
    }

    Invalidation invalidate(String key) {
        Objects.requireNonNull(key, "key");
        return change(Kind.KEY, key, null, () -> local.invalidate(key));
    }

    Invalidation invalidateAll(Collection<String> keys) {
        keys.forEach(key -> Objects.requireNonNull(key, "key"));
        List<Item> items = new ArrayList<>(keys.size());
        List<Runnable> localEffects = new ArrayList<>(keys.size());
        for (String key : keys) {
            counters.invalidated(Kind.KEY, key, false);
            items.add(new Item(Kind.KEY, key, null));
            localEffects.add(() -> local.invalidate(key));
        }
        if (shared == null) {
            localEffects.forEach(Runnable::run);
            return Invalidation.DONE;
        }
        return acknowledged("invalidateAll", keys.size() + " keys", shared.invalidateAll(items, localEffects));
    }

    Invalidation invalidate(Glob pattern) {
        if (pattern.matchesEverything()) {
            return clear();
        }
        String key = pattern.plainKey();
        return key != null
                ? invalidate(key)
                : change(Kind.PATTERN, pattern.pattern(), pattern, () -> local.invalidate(pattern));
    }

    Invalidation invalidateTag(String tag) {
        return change(Kind.TAG, tag, null, () -> local.invalidateTag(tag));
    }

    Invalidation clear() {
        return change(Kind.EVERYTHING, "", null, local::clear);
    }

    Invalidation expire(String key) {
        Objects.requireNonNull(key, "key");
        return change(Kind.DUE_KEY, key, null, () -> local.makeDue(key));
    }

    Invalidation expire(Glob pattern) {
        String key = pattern.plainKey();
        return key != null
                ? expire(key)
                : change(Kind.DUE_PATTERN, pattern.pattern(), pattern, () -> local.makeDue(pattern));
    }

    private Invalidation change(Kind kind, String subject, @Nullable Glob glob, Runnable localEffect) {
        return acknowledged(
                kind.name().toLowerCase(java.util.Locale.ROOT), subject, start(kind, subject, glob, localEffect));
    }

    private Invalidation start(Kind kind, String subject, @Nullable Glob glob, Runnable localEffect) {
        counters.invalidated(kind, subject, false);
        if (shared == null) {
            localEffect.run();
            return Invalidation.DONE;
        }
        return shared.invalidateAll(List.of(new Item(kind, subject, glob)), List.of(localEffect));
    }

    private Invalidation acknowledged(String what, String subject, Invalidation invalidation) {
        if (mustBeAcknowledged != null && !invalidation.await(mustBeAcknowledged)) {
            throw new CacheException("The shared tier did not acknowledge the invalidation (" + what + ", '" + subject
                    + "') of region '" + name + "' within " + mustBeAcknowledged
                    + ". It has taken effect on this node, "
                    + "hides what it invalidates from it, and is sent again until acknowledged; other nodes may serve "
                    + "the old value until then");
        }
        return invalidation;
    }
}
