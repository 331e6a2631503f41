package io.perfkit.cache;

import io.perfkit.cache.LogPosition.Position;
import io.perfkit.cache.spi.SharedTier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Gives back the memory of entries that a pattern, a tag or a clear has killed. Nothing depends on it: dead entries are
 * recognised when they are read, and expire.
 *
 * <p>It walks through the keys of the region in steps of {@link #STEP} with pauses between, so that a million keys take
 * some minutes and the server is never busy with it for longer than a command should. One node at a time does it, by a
 * claim that it renews with every step. It begins {@link #REST} after it ended, and only if there is a tombstone since.
 * It ends with the region's connection, and begins anew on the next one.
 *
 * <p>An entry is removed only where its generation still stands, so what was stored meanwhile stays.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class DeadEntrySweep {

    static final Duration REST = Duration.ofMinutes(1);

    private static final int STEP = 200;
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration CLAIM = Duration.ofSeconds(30);
    private final RegionLink link;
    private final EntryHeaders headers;
    private final Counters counters;
    private final SharedSession session;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile long notBefore;
    private volatile String done = "";

    DeadEntrySweep(RegionLink link, EntryHeaders headers, Counters counters, SharedSession session) {
        this.link = link;
        this.headers = headers;
        this.counters = counters;
        this.session = session;
        this.notBefore = session.clock().preciseNanos() + REST.toNanos();
    }

    /** Begins a sweep if it is time for one, and there may be something to sweep. */
    void consider() {
        if (session.clock().preciseNanos() - notBefore >= 0) {
            begin();
        }
    }

    /** Begins a sweep if there may be something to sweep. The result, which never fails, says whether one ended. */
    CompletableFuture<Boolean> begin() {
        SharedTier.Region region = link.remote();
        Position position = link.position();
        if (region == null || position == null || !link.isUsable()) {
            return CompletableFuture.completedFuture(false);
        }
        long epoch = position.tombstones().epoch();
        String mark = String.format(Locale.ROOT, "%016x %d", position.incarnation(), epoch);
        if (epoch == 0 || mark.equals(done) || !running.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(false);
        }
        return step(region, mark, null).handle((ended, failure) -> {
            if (failure == null && ended) {
                done = mark;
            }
            notBefore = session.clock().preciseNanos() + REST.toNanos();
            running.set(false);
            return failure == null && ended;
        });
    }

    private CompletableFuture<Boolean> step(SharedTier.Region region, String mark, @Nullable Object from) {
        return session.inTime(region.claimSweep(session.format().origin(), mark, CLAIM))
                .thenCompose(claimed -> claimed
                        ? session.inTime(region.scan(from, "*", STEP)).thenCompose(page -> page(region, mark, page))
                        : CompletableFuture.completedFuture(false));
    }

    private CompletableFuture<Boolean> page(SharedTier.Region region, String mark, SharedTier.Page page) {
        return headers.of(region, page.keys())
                .thenCompose(found -> remove(region, page.keys(), found))
                .thenCompose(nothing -> {
                    Object next = page.next();
                    return next == null
                            ? session.inTime(region.swept(mark)).thenApply(swept -> true)
                            : session.later(PAUSE).thenCompose(now -> step(region, mark, next));
                });
    }

    private CompletableFuture<Void> remove(SharedTier.Region region, List<String> keys, List<Parsed> found) {
        List<CompletableFuture<?>> removals = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            if (found.get(i) instanceof Parsed.Value header && link.isDead(keys.get(i), header)) {
                removals.add(session.inTime(region.remove(keys.get(i), header.fence()))
                        .thenAccept(removed -> {
                            if (removed) {
                                counters.swept.increment();
                            }
                        }));
            }
        }
        return CompletableFuture.allOf(removals.toArray(new CompletableFuture<?>[0]));
    }
}
