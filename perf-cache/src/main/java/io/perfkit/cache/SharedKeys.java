package io.perfkit.cache;

import io.perfkit.cache.EntryFormat.Kind;
import io.perfkit.cache.EntryFormat.Parsed;
import io.perfkit.cache.SharedTier.Page;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The keys of live values in the shared tier, read step by step as they are asked for. A key that is there all the time
 * is found at least once, perhaps twice; one that comes or goes meanwhile may be found.
 */
final class SharedKeys implements Iterator<String> {

    private static final int STEP = 500;

    private final SharedRegion<?> shared;
    private final SharedTier.Region region;
    private final SharedSession session;
    private final String glob;
    private final Glob pattern;
    private final Deque<String> ready = new ArrayDeque<>();
    private @Nullable Object next;
    private boolean begun;

    private SharedKeys(SharedRegion<?> shared, SharedTier.Region region, SharedSession session, String glob) {
        this.shared = shared;
        this.region = region;
        this.session = session;
        this.glob = glob;
        this.pattern = Glob.of(glob);
    }

    static Stream<String> matching(SharedRegion<?> shared, SharedSession session, String glob) {
        SharedTier.Region region = shared.remote();
        if (region == null || shared.gate().isOpen()) {
            throw new CacheException("The shared tier of region '" + shared.name() + "' is out of reach");
        }
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(new SharedKeys(shared, region, session, glob), Spliterator.NONNULL),
                false);
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && (!begun || next != null)) {
            step();
        }
        return !ready.isEmpty();
    }

    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    private void step() {
        begun = true;
        try {
            Page page = region.scan(next, glob, STEP)
                    .toCompletableFuture()
                    .get(session.timeout().toNanos(), TimeUnit.NANOSECONDS);
            next = page.next();
            List<String> keys = page.keys().stream().filter(pattern::matches).toList();
            List<Parsed> headers = shared.sweep()
                    .headers(region, keys)
                    .get(2 * session.timeout().toNanos(), TimeUnit.NANOSECONDS);
            for (int i = 0; i < keys.size(); i++) {
                Parsed header = headers.get(i);
                if (header.kind() == Kind.VALUE && shared.reads().isLive(keys.get(i), header)) {
                    ready.add(keys.get(i));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("Interrupted while reading the keys of region '" + shared.name() + "'", e);
        } catch (Exception e) {
            throw new CacheException(
                    "The shared tier failed while the keys of region '" + shared.name() + "' were read", e);
        }
    }
}
