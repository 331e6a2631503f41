package io.perfkit.cache;

import io.perfkit.cache.spi.SharedTier;
import io.perfkit.cache.spi.SharedTier.Page;
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

    private final RegionLink link;
    private final SharedTier.Region region;
    private final EntryHeaders headers;
    private final SharedSession session;
    private final String glob;
    private final Glob pattern;
    private final Deque<String> ready = new ArrayDeque<>();
    private @Nullable Object next;
    private boolean begun;

    private SharedKeys(
            RegionLink link, SharedTier.Region region, EntryHeaders headers, SharedSession session, String glob) {
        this.link = link;
        this.region = region;
        this.headers = headers;
        this.session = session;
        this.glob = glob;
        this.pattern = Glob.of(glob);
    }

    static Stream<String> matching(RegionLink link, EntryHeaders headers, SharedSession session, String glob) {
        SharedTier.Region region = link.remote();
        if (region == null || !link.isUsable()) {
            throw new CacheException("The shared tier of region '" + link.name() + "' is out of reach");
        }
        SharedKeys keys = new SharedKeys(link, region, headers, session, glob);
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(keys, Spliterator.NONNULL), false);
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
            List<Parsed> found =
                    headers.of(region, keys).get(2 * session.timeout().toNanos(), TimeUnit.NANOSECONDS);
            for (int i = 0; i < keys.size(); i++) {
                if (found.get(i) instanceof Parsed.Value value && link.isLive(keys.get(i), value)) {
                    ready.add(keys.get(i));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("Interrupted while reading the keys of region '" + link.name() + "'", e);
        } catch (Exception e) {
            throw new CacheException(
                    "The shared tier failed while the keys of region '" + link.name() + "' were read", e);
        }
    }
}
