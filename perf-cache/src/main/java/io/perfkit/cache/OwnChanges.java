package io.perfkit.cache;

import io.perfkit.cache.spi.SharedTier.Kind;
import java.util.HashMap;
import java.util.Map;

/**
 * What one commit has changed in one region's local tier so far, so that its puts do not take it for the
 * doing of others. Where that cannot be told, it counts as theirs.
 */
final class OwnChanges {

    private final LocalTier<?> local;
    private final Map<Integer, Integer> counts = new HashMap<>();
    private long epoch;

    /** To be created before the first change takes effect. */
    OwnChanges(LocalTier<?> local) {
        this.local = local;
        this.epoch = local.epoch();
    }

    /** All later epochs may be of others. */
    synchronized long epoch() {
        return epoch;
    }

    /** How many of the changes that {@link LocalTier#changesOf} counts for the key are the commit's own. */
    synchronized int of(String key) {
        return counts.getOrDefault(ChangeCounts.stripe(key), 0);
    }

    /** A change has taken effect in the local tier. */
    synchronized void applied(Kind kind, String text) {
        String key = switch (kind) {
            case KEY, DUE_KEY -> text;
            case PATTERN, DUE_PATTERN -> Glob.of(text).plainKey();
            case TAG, EVERYTHING -> null;
        };
        if (key != null) {
            counts.merge(ChangeCounts.stripe(key), 1, Integer::sum);
        } else if (local.epoch() == epoch + 1) {
            // One was added since, so it is this one.
            epoch++;
        }
    }
}
