package io.perfkit.examples.dashboard.stories;

import io.perfkit.examples.dashboard.shop.Shop;
import java.time.Duration;
import java.util.List;

/** The list of stories, in the order they are measured and shown. A new story is one class and one line here. */
public final class Stories {

    private Stories() {}

    /**
     * All stories.
     *
     * @param shop what their endpoints stand on
     * @param feedIdleAfter when a live feed that nobody looks at is closed
     */
    public static List<Story> all(Shop shop, Duration feedIdleAfter) {
        return List.of(
                new SalesReport(shop),
                new TransactionList(shop),
                new ProjectTree(shop),
                new DashboardTiles(shop),
                new ProductPage(shop),
                new LiveFeed(feedIdleAfter),
                new PeakHour(shop),
                new MonthlyReport(shop),
                new RedisDies(shop));
    }
}
