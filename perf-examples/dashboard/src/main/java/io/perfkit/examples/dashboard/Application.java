package io.perfkit.examples.dashboard;

import io.perfkit.examples.dashboard.http.HttpSide;
import io.perfkit.examples.dashboard.shop.Data;
import io.perfkit.examples.dashboard.shop.DataSize;
import io.perfkit.examples.dashboard.shop.Progress;
import io.perfkit.examples.dashboard.shop.Servers;
import io.perfkit.examples.dashboard.shop.Shop;
import io.perfkit.examples.dashboard.shop.Trouble;
import io.perfkit.examples.dashboard.stories.Stories;
import io.perfkit.examples.dashboard.stories.Story;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.servlet.MonitoringFilter;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The running application with both of its sides: servers, data, web server. */
final class Application implements AutoCloseable {

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final HttpSide http;
    private final Shop shop;
    private final List<Story> stories;

    /**
     * Starts everything.
     *
     * @param port of the web server; 0 for any
     * @param size how much data
     * @param dataDirectory where the database keeps it; null for a directory for temporary files
     * @param feedIdleAfter when a live feed that nobody looks at is closed
     * @param progress told what is going on
     * @throws Trouble if the machine does not offer what is needed; nothing is left running then
     */
    Application(int port, DataSize size, @Nullable Path dataDirectory, Duration feedIdleAfter, Progress progress)
            throws Exception {
        try {
            http = opened(new HttpSide(port));
            progress.say("starting PostgreSQL and Redis");
            Servers servers = opened(Servers.start(dataDirectory, size));
            progress.say(
                    "loading %,d transactions of %,d users and %,d products",
                    size.transactions(), size.users(), size.products());
            shop = opened(new Shop(servers, load(servers, size, progress)));
            stories = Stories.all(shop, feedIdleAfter);
            http.filter("/before/*", monitoring(shop.before().monitor()));
            http.filter("/after/*", monitoring(shop.after().monitor()));
            stories.forEach(story -> {
                story.register(http);
                opened(story);
            });
            new LivePage(stories, shop).register(http);
            http.start();
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    private static Data load(Servers servers, DataSize size, Progress progress) {
        try {
            return Data.load(servers.database(), size, progress);
        } catch (SQLException e) {
            throw servers.explain(e);
        }
    }

    /** With the headers that the load test collects: queries, and bytes allocated. */
    private static MonitoringFilter monitoring(PerformanceMonitor monitor) {
        return MonitoringFilter.builder(monitor).developerHeaders(true).build();
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    URI base() {
        return http.base();
    }

    /** As {@link HttpSide#answer}. */
    Object answer(String path, Map<String, String> parameters) throws Exception {
        return http.answer(path, parameters::get);
    }

    Shop shop() {
        return shop;
    }

    List<Story> stories() {
        return stories;
    }

    /** Closes in the reverse order of opening; a part that fails to close does not keep the others from it. */
    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("dashboard: could not close everything: " + e.getMessage());
            }
        }
    }
}
