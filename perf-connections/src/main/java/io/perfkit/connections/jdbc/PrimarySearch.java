package io.perfkit.connections.jdbc;

import io.perfkit.connections.internal.DriverThreads;
import java.sql.Connection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the other servers which of them takes writes now. All are asked at once, each on a thread of its own, so that one
 * that hangs delays neither the answer of another nor a caller for longer than {@link #WAIT_NANOS}; it is not asked again
 * while it hangs. Callers that come meanwhile wait for the same answer. No lock is held while a server is asked.
 */
final class PrimarySearch {
    private static final Logger LOGGER = LoggerFactory.getLogger(PrimarySearch.class);
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<ReplicaNode> nodes;
    private final LongSupplier nanoTime;

    /** Puts the second in the place of the first; false if another one has taken it. */
    private final BiPredicate<ReplicaNode, ReplicaNode> promote;

    private final Set<ReplicaNode> beingAsked = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, as the two below. */
    private @Nullable CompletableFuture<Boolean> last;

    private long searchedNanos;
    private boolean searched;

    PrimarySearch(List<ReplicaNode> nodes, LongSupplier nanoTime, BiPredicate<ReplicaNode, ReplicaNode> promote) {
        this.nodes = nodes;
        this.nanoTime = nanoTime;
        this.promote = promote;
    }

    /** Whether another server than this one was found, and promoted. Starts a search at most once a second. */
    boolean insteadOf(ReplicaNode before) {
        CompletableFuture<Boolean> answer = begun(before);
        try {
            return answer.get(WAIT_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException hanging) {
            // The others have answered no. Whoever comes next may search anew.
            answer.complete(false);
            return answer.getNow(false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("No search fails.", e);
        }
    }

    private CompletableFuture<Boolean> begun(ReplicaNode before) {
        CompletableFuture<Boolean> answer;
        long now = nanoTime.getAsLong();
        lock.lock();
        try {
            CompletableFuture<Boolean> running = last;
            if (running != null && !running.isDone()) {
                return running;
            }
            if (searched && now - searchedNanos < ReplicaNode.LOOK_EVERY_NANOS) {
                return CompletableFuture.completedFuture(false);
            }
            searched = true;
            searchedNanos = now;
            answer = new CompletableFuture<>();
            last = answer;
        } finally {
            lock.unlock();
        }
        ask(before, answer);
        return answer;
    }

    private void ask(ReplicaNode before, CompletableFuture<Boolean> answer) {
        List<ReplicaNode> others = nodes.stream()
                .filter(node -> node != before && beingAsked.add(node))
                .toList();
        if (others.isEmpty()) {
            answer.complete(false);
            return;
        }
        AtomicInteger unanswered = new AtomicInteger(others.size());
        for (ReplicaNode node : others) {
            Runnable probe = () -> {
                try {
                    if (takesWrites(node) && promote.test(before, node)) {
                        answer.complete(true);
                    }
                } finally {
                    beingAsked.remove(node);
                    if (unanswered.decrementAndGet() == 0) {
                        answer.complete(false);
                    }
                }
            };
            try {
                DriverThreads.start("perfkit-search-primary", probe);
            } catch (Throwable noThread) {
                LOGGER.debug("No thread to ask {} on; this one asks.", node, noThread);
                probe.run();
            }
        }
    }

    private boolean takesWrites(ReplicaNode node) {
        try (Connection connection = node.dataSource.getConnection()) {
            node.look(connection, nanoTime.getAsLong());
            return node.isPrimary();
        } catch (Throwable e) {
            node.failed(nanoTime.getAsLong());
            LOGGER.debug("{} could not be asked whether it takes writes.", node, e);
            return false;
        }
    }
}
