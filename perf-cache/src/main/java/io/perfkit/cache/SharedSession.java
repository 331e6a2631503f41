package io.perfkit.cache;

import io.perfkit.cache.spi.SharedTier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A cache's connection to the shared tier, and the one background thread that keeps it.
 *
 * <p>Once a second, and whenever trouble was noticed, the thread looks after every region: opens it, lets it learn
 * what it missed, sends what is pending. Only when all regions are well does it close the circuit breaker, so callers meet
 * the shared tier again in a state that is safe to read. When anything fails, it drops all connections and makes new
 * ones the next time: a link that is open in one direction only looks healthy to its own client.
 */
final class SharedSession implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    /** While an application starts, the client's classes are loaded, and every processor has other things to do. */
    private static final Duration FIRST_CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** A region that the background thread looks after, which may wait in all of these but {@link #suspend}. */
    interface Tended {

        /** Whether the region follows its log. */
        boolean isFollowing();

        /** Opens the region on a link, learns what was missed, sends what is pending, follows the log. */
        void open(SharedTier.Link link) throws Exception;

        /** Asks the shared tier a question that it can only answer when it is well. */
        void probe() throws Exception;

        /** Sends again what was not acknowledged. */
        void flush() throws Exception;

        /** The acknowledgements of changes that are still to come. */
        List<CompletableFuture<Long>> unacknowledged();

        /** Begins to sweep dead entries, if it is time for that. */
        void considerSweep();

        /** The connection was interrupted: callers need not wait for it. On any thread. */
        void suspend();

        void closeRemote();

        void close(CacheException reason);
    }

    private final String cache;
    private final SharedTier tier;
    private final Duration timeout;
    private final Duration followWait;
    private final CoarseClock clock;
    private final FailureLog failures;
    private final SharedBreaker breaker;
    private final TierEvents events;
    private final BoundedConnect connect;
    private final EntryFormat format = new EntryFormat();
    private final List<Tended> regions = new CopyOnWriteArrayList<>();
    private final ScheduledThreadPoolExecutor background;
    private final AtomicBoolean woken = new AtomicBoolean();

    private SharedTier.@Nullable Link link; // the background thread's
    /** Whether all regions have been well at once, and there was one; the background thread's. */
    private boolean proven;

    private volatile boolean closed;

    SharedSession(
            String cache,
            SharedTier tier,
            Duration timeout,
            Duration maxStaleness,
            CoarseClock clock,
            FailureLog failures,
            @Nullable SafeListener listener) {
        this.cache = cache;
        this.tier = tier;
        this.timeout = timeout;
        Duration third = maxStaleness.dividedBy(3);
        this.followWait = third.compareTo(PERIOD) < 0 ? third : PERIOD;
        this.clock = clock;
        this.failures = failures;
        this.events = listener == null ? TierEvents.none() : new TierEvents(cache, listener);
        this.breaker = new SharedBreaker(cache, timeout, failures, this::wake, events);
        this.connect = new BoundedConnect(cache);
        this.background = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "perfkit-cache-" + cache);
            thread.setDaemon(true);
            return thread;
        });
        background.setRemoveOnCancelPolicy(true);
    }

    void start() {
        var unused = background.scheduleWithFixedDelay(this::tend, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    Duration timeout() {
        return timeout;
    }

    Duration followWait() {
        return followWait;
    }

    CoarseClock clock() {
        return clock;
    }

    SharedBreaker breaker() {
        return breaker;
    }

    EntryFormat format() {
        return format;
    }

    FailureLog failures() {
        return failures;
    }

    /** Adds a region, and waits for it to be usable, but no longer than a command may take. */
    void add(Tended region) {
        regions.add(region);
        try {
            background.submit(this::tend).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException | RejectedExecutionException e) {
            // It becomes usable later; until then its values are loaded, and not shared.
        }
    }

    /** Has the background thread look after the regions now. */
    void wake() {
        if (!closed && woken.compareAndSet(false, true)) {
            try {
                background.execute(() -> {
                    woken.set(false);
                    tend();
                });
            } catch (RejectedExecutionException e) {
                // Closed meanwhile.
            }
        }
    }

    private void lost() {
        regions.forEach(Tended::suspend);
        wake();
    }

    /** Completes after a pause, on the background thread; never if the session is closed first. */
    CompletableFuture<Void> later(Duration pause) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        try {
            var unused = background.schedule(() -> over.complete(null), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            over.completeExceptionally(e);
        }
        return over;
    }

    private Duration connectTimeout() {
        Duration least = proven ? CONNECT_TIMEOUT : FIRST_CONNECT_TIMEOUT;
        return timeout.compareTo(least) > 0 ? timeout : least;
    }

    /** Opens a region's connection, bounded in time. */
    SharedTier.Region open(SharedTier.Link onto, String region) throws Exception {
        return connect.open(() -> onto.region(region), connectTimeout());
    }

    /** Waits for an answer on the background thread, no longer than so many commands may take. */
    <T> @Nullable T await(CompletionStage<T> answer, int commands) throws Exception {
        return answer.toCompletableFuture().get(timeout.toNanos() * commands, TimeUnit.NANOSECONDS);
    }

    /** The answer, or a failure if it takes longer than a command may. Without waiting. */
    <T> CompletableFuture<T> inTime(CompletionStage<T> answer) {
        return answer.toCompletableFuture().thenApply(t -> t).orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void tend() {
        if (closed) {
            return;
        }
        try {
            SharedTier.Link current = link;
            if (current != null && current.isLost()) {
                disconnect();
                current = null;
            }
            if (current == null) {
                current = connect.open(() -> tier.connect(cache, this::lost), connectTimeout());
                link = current;
            }
            for (Tended region : regions) {
                if (!region.isFollowing()) {
                    region.open(current);
                } else if (breaker.isTripped()) {
                    region.probe();
                }
                region.flush();
                region.considerSweep();
            }
            proven |= !regions.isEmpty();
            if (breaker.isTripped()) {
                breaker.reset();
                for (Tended region : regions) {
                    // What was invalidated since the first time.
                    region.flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception | LinkageError e) {
            if (!closed) {
                failures.failed("the shared tier is out of reach; trying again every second", e);
            }
            breaker.trip(e);
            disconnect();
        }
    }

    /** Regions first: their answers count for nothing from here on. */
    private void disconnect() {
        regions.forEach(Tended::closeRemote);
        SharedTier.Link current = link;
        link = null;
        if (current != null) {
            current.close();
        }
    }

    /** Waits until what was changed so far is acknowledged; how much is not, when the time is up. */
    long drain(Duration within) {
        List<CompletableFuture<Long>> left = regions.stream()
                .flatMap(region -> region.unacknowledged().stream())
                .toList();
        if (!left.isEmpty()) {
            wake();
            try {
                CompletableFuture.allOf(left.toArray(CompletableFuture<?>[]::new))
                        .get(within.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                // Counted below.
            }
        }
        return left.stream()
                .filter(each -> !each.isDone() || each.isCompletedExceptionally())
                .count();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        breaker.closing();
        events.close();
        background.shutdownNow();
        try {
            if (!background.awaitTermination(2, TimeUnit.SECONDS)) {
                failures.failed("the background thread did not end within 2 s", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        CacheException reason =
                new CacheException("Cache '" + cache + "' was closed before the shared tier acknowledged");
        regions.forEach(region -> region.close(reason));
        disconnect();
    }
}
