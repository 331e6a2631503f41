package io.perfkit.examples.dashboard.stories;

import io.perfkit.connections.CloseReason;
import io.perfkit.connections.ConnectionLimitException;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Registration;
import io.perfkit.examples.dashboard.http.Feed;
import io.perfkit.examples.dashboard.http.FeedClient;
import io.perfkit.examples.dashboard.http.HttpSide;
import io.perfkit.examples.dashboard.measure.Budget;
import io.perfkit.examples.dashboard.measure.Figures;
import io.perfkit.examples.dashboard.measure.Heap;
import io.perfkit.examples.dashboard.measure.Plot;
import io.perfkit.examples.dashboard.measure.Row;
import io.perfkit.examples.dashboard.measure.Side;
import io.perfkit.examples.dashboard.measure.StoryResult;
import io.perfkit.examples.dashboard.measure.Units;
import io.perfkit.examples.dashboard.shop.Zipf;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Server-sent events: every stream kept for ever, then bounded, in all and per user, and closed when idle. */
public final class LiveFeed implements Story {

    static final int IN_ALL = 1_000;
    static final int PER_USER = 5;
    private static final int ATTEMPTS = 5_000;
    private static final int WAVES = 5;
    private static final double FLAT_BYTES = 16e6;

    /** Short, so that the demo need not wait: an application would say some minutes. */
    private final Duration idleAfter;

    public LiveFeed(Duration idleAfter) {
        this.idleAfter = idleAfter;
        this.feeds = ConnectionRegistry.<String, Feed>builder("live feed")
                .maximumTotal(IN_ALL)
                .maximumPerOwner(PER_USER)
                .idleAfter(idleAfter)
                .onClose((feed, reason) -> {
                    if (reason != CloseReason.CLIENT) {
                        feed.end();
                    }
                })
                .build();
    }

    @Override
    public String name() {
        return "live feed";
    }

    @Override
    public String fault() {
        return "Every stream that anyone opens is kept for ever, also when its viewer has long gone.";
    }

    @Override
    public String repair() {
        return "A ConnectionRegistry: 5 streams per user and 1,000 in all, and streams that nobody looks at are closed.";
    }

    @Override
    public void register(HttpSide http) {
        http.servlet("/before/feed", new BeforeServlet());
        http.servlet("/after/feed", new AfterServlet());
        http.get("/after/feed/seen", query -> seen(query.number("feed", 1)));
    }

    @Override
    public List<String> links() {
        return List.of("/before/feed?user=ada", "/after/feed?user=ada");
    }

    @Override
    public List<String> steadyPaths() {
        return List.of();
    }

    // As it was found ------------------------------------------------------------------------------------------------

    private final Queue<Feed> kept = new ConcurrentLinkedQueue<>();
    private final OpenFeeds openBefore = new OpenFeeds();

    private final class BeforeServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String user = user(request);
            Feed feed = Feed.of(request);
            kept.add(feed);
            openBefore.opened(user);
            feed.onEnd(() -> openBefore.closed(user));
            feed.begin("welcome");
        }
    }

    private void publishBefore(String event) {
        for (Feed feed : kept) {
            try {
                feed.send(event);
            } catch (IOException e) {
                // Its viewer has gone; nobody takes it off the list.
            }
        }
    }

    // Repaired -------------------------------------------------------------------------------------------------------

    private final ConnectionRegistry<String, Feed> feeds;
    private final Map<Long, Registration> viewers = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final OpenFeeds openAfter = new OpenFeeds();

    private final class AfterServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String user = user(request);
            Feed feed = Feed.of(request);
            Registration registration;
            try {
                registration = feeds.register(user, feed);
            } catch (ConnectionLimitException full) {
                feed.reject(
                        full.limit() == ConnectionLimitException.Limit.PER_OWNER ? 429 : 503,
                        String.valueOf(full.getMessage()));
                return;
            }
            long id = ids.incrementAndGet();
            viewers.put(id, registration);
            openAfter.opened(user);
            feed.onEnd(() -> {
                registration.close();
                viewers.remove(id);
                openAfter.closed(user);
            });
            feed.begin("welcome, you are viewer " + id);
        }
    }

    private void publishAfter(String event) {
        feeds.broadcast(feed -> feed.sendOrEnd(event));
    }

    /** The page calls this while it is visible; a stream that is not seen for a while is closed as idle. */
    private boolean seen(long id) {
        Registration viewer = viewers.get(id);
        if (viewer == null) {
            return false;
        }
        viewer.touch();
        return true;
    }

    // What there is to see: the number of viewers, on both sides -----------------------------------------------------

    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "live-feed");
        thread.setDaemon(true);
        return thread;
    });

    private final ScheduledFuture<?> ticks = ticker.scheduleWithFixedDelay(this::publish, 2, 2, TimeUnit.SECONDS);

    private void publish() {
        publishBefore(openBefore.open() + " viewers");
        publishAfter(openAfter.open() + " viewers");
    }

    private static String user(HttpServletRequest request) {
        String user = request.getParameter("user");
        return user == null ? "anonymous" : user;
    }

    @Override
    public void close() {
        ticks.cancel(false);
        ticker.shutdown();
        feeds.close();
        kept.forEach(Feed::end);
        kept.clear();
    }

    // Measured -------------------------------------------------------------------------------------------------------

    @Override
    public StoryResult measure(Bench bench) throws Exception {
        List<String> users = users(ATTEMPTS);
        Plot plot = new Plot(
                "Heap after a collection, while streams are opened",
                "attempts",
                Units::count,
                Units::bytes,
                false,
                List.of(new Plot.Line(Side.BEFORE, "before"), new Plot.Line(Side.AFTER, "after")));
        Outcome before;
        int keptWithoutViewers;
        try (FeedClient client = new FeedClient(bench.base(), "/before/feed?user=")) {
            before = crowd(bench.before("streams"), client, users, plot.lines().get(0));
        } finally {
            keptWithoutViewers = kept.size();
            kept.forEach(Feed::end);
            kept.clear();
        }
        double heapAtStart = Heap.afterCollection();
        Outcome after;
        int leftWhenIdle;
        try (FeedClient client = new FeedClient(bench.base(), "/after/feed?user=")) {
            after = crowd(bench.after("streams"), client, users, plot.lines().get(1));
            long deadline = System.nanoTime() + idleAfter.multipliedBy(3).toNanos();
            while (client.open() > 0 && System.nanoTime() < deadline) {
                client.listen(Duration.ofMillis(100));
            }
            leftWhenIdle = client.open();
        }
        double heapAtEnd = Heap.afterCollection();
        return new StoryResult(
                name(),
                fault(),
                repair(),
                List.of(new Row(before.figures(), null), new Row(after.figures(), before.figures())),
                List.of(
                        Budget.atMost("open in all, seen by the client", IN_ALL, after.mostOpen(), Units::count),
                        Budget.atMost("open in all, seen by the server", IN_ALL, openAfter.most(), Units::count),
                        Budget.atMost("open of one user, client", PER_USER, after.mostOfOneUser(), Units::count),
                        Budget.atMost("open of one user, server", PER_USER, openAfter.mostOfOneUser(), Units::count),
                        Budget.exactly("open when idle for " + idleAfter.toSeconds() + " s", 0, leftWhenIdle),
                        Budget.atMost("heap growth, first to last wave", FLAT_BYTES, after.growth(), Units::bytes),
                        Budget.atMost("heap left at the end", FLAT_BYTES, heapAtEnd - heapAtStart, Units::bytes)),
                List.of(plot),
                List.of(
                        Units.count(ATTEMPTS) + " attempts. Before: " + Units.count(before.mostOpen())
                                + " open at once, " + before.mostOfOneUser() + " of one user; "
                                + Units.count(keptWithoutViewers)
                                + " still kept when every viewer had gone; heap growth "
                                + Units.bytes(before.growth()) + ".",
                        "After: " + Units.count(after.mostOpen()) + " open at once, " + Units.count(after.rejected())
                                + " attempts told to come back later; heap growth " + Units.bytes(after.growth())
                                + "."));
    }

    private record Outcome(Figures figures, int mostOpen, int mostOfOneUser, int rejected, double growth) {}

    /** All attempts in waves, with a look at the heap after each; whoever is let in stays. */
    private static Outcome crowd(Bench.Run run, FeedClient client, List<String> users, Plot.Line line)
            throws Exception {
        line.add(0, (double) Heap.afterCollection());
        long nanos = 0;
        int perWave = users.size() / WAVES;
        for (int wave = 1; wave <= WAVES; wave++) {
            long start = System.nanoTime();
            client.attempt(users.subList((wave - 1) * perWave, wave * perWave), Duration.ofSeconds(30));
            nanos += System.nanoTime() - start;
            line.add(wave * perWave, (double) Heap.afterCollection());
        }
        List<Plot.Point> heap = line.points();
        return new Outcome(
                run.observed(client.answerNanos(), nanos),
                client.mostOpen(),
                client.mostOpenOfOneUser(),
                client.rejected(),
                heap.get(WAVES).y() - heap.get(1).y());
    }

    /** The most eager user tries hundreds of times, most users once. */
    private static List<String> users(int attempts) {
        Zipf zipf = new Zipf(Math.max(1, attempts / 2), 0.9);
        SplittableRandom random = new SplittableRandom(7);
        List<String> users = new ArrayList<>();
        for (int i = 0; i < attempts; i++) {
            users.add("u" + zipf.rank(random.nextDouble()));
        }
        return users;
    }
}
