package io.perfkit.cache;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ContextLoader} knows of its load and decides about the value. Valid while the loader runs; not
 * thread-safe.
 *
 * @param <V> the type of the value
 */
public final class LoadContext<V> {

    /** Of one value: an entry carries them all, and every invalidation of a tag is compared with them. */
    static final int MAXIMUM_TAGS = 16;

    private final @Nullable V stale;
    /** In nanoseconds; 0 as long as the loader has not chosen one, negative where it chose one that is over at once. */
    private long ttl;

    private List<String> tags = List.of();
    private boolean stored = true;

    LoadContext(@Nullable V stale) {
        this.stale = stale;
    }

    /**
     * The value that is being replaced, if it is past its ttl and still usable: for a conditional request, or to be
     * returned again.
     *
     * @return the stale value, or null. Never one that was invalidated
     */
    public @Nullable V staleValue() {
        return stale;
    }

    /**
     * How long this value is fresh, instead of the policy's ttl. Also in place of its {@code nullTtl}.
     *
     * <p>Zero or less, such as the {@code max-age=0} of a site, means that the value is over as it comes: it is not
     * stored, as with {@link #doNotStore}.
     *
     * @param ttl up to 3650 days; if positive, at least 1 ms. Replaces that of an earlier call
     * @return this context
     */
    public LoadContext<V> ttl(Duration ttl) {
        boolean over = ttl.isZero() || ttl.isNegative();
        this.ttl = over ? -1 : Checks.positive("ttl", ttl).toNanos();
        return this;
    }

    /**
     * Gives the value tags, by which {@link CacheRegion#invalidateTag} finds it.
     *
     * @param tags up to 16, each of 1 to 200 characters; replaces those of an earlier call
     * @return this context
     */
    public LoadContext<V> tags(String... tags) {
        if (tags.length > MAXIMUM_TAGS) {
            throw new IllegalArgumentException(
                    "A value may have at most " + MAXIMUM_TAGS + " tags, but was given " + tags.length);
        }
        for (String tag : tags) {
            Checks.tag(tag);
        }
        this.tags = List.of(tags);
        return this;
    }

    /**
     * Gives the value to those who wait for it and to nobody else: no tier keeps it.
     *
     * @return this context
     */
    public LoadContext<V> doNotStore() {
        stored = false;
        return this;
    }

    /** The ttl that the loader has chosen, or else the given one. */
    long ttlOr(long other) {
        return ttl <= 0 ? other : ttl;
    }

    List<String> tags() {
        return tags;
    }

    boolean stored() {
        return stored && ttl >= 0;
    }
}
