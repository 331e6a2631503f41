package io.perfkit.examples.dashboard.stories;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the streams that are really open, apart from any registry, and remembers the most there ever were. */
final class OpenFeeds {

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger mostOfOneUser = new AtomicInteger();
    private final Map<String, Integer> byUser = new ConcurrentHashMap<>();

    void opened(String user) {
        most.accumulateAndGet(open.incrementAndGet(), Math::max);
        mostOfOneUser.accumulateAndGet(byUser.merge(user, 1, Integer::sum), Math::max);
    }

    void closed(String user) {
        open.decrementAndGet();
        byUser.computeIfPresent(user, (name, count) -> count == 1 ? null : count - 1);
    }

    int open() {
        return open.get();
    }

    int most() {
        return most.get();
    }

    int mostOfOneUser() {
        return mostOfOneUser.get();
    }
}
