package io.perfkit.examples.dashboard;

import static io.perfkit.monitoring.load.LoadRequest.get;

import io.perfkit.examples.dashboard.measure.Heap;
import io.perfkit.examples.dashboard.measure.Plot;
import io.perfkit.examples.dashboard.measure.Trend;
import io.perfkit.examples.dashboard.measure.Units;
import io.perfkit.examples.dashboard.shop.Progress;
import io.perfkit.monitoring.load.LoadResult;
import io.perfkit.monitoring.load.LoadTest;
import io.perfkit.monitoring.load.ScenarioResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Runs the repaired side at a steady rate and looks at what is left on the heap after collections. */
final class Soak {

    private static final double REQUESTS_PER_SECOND = 50;
    private static final long SAMPLES = 120;

    /** Until connections are open, caches are filled and code is compiled; nothing of it is a leak. */
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    private final Application application;
    private final Duration duration;
    private final Progress progress;

    Soak(Application application, Duration duration, Progress progress) {
        this.application = application;
        this.duration = duration;
        this.progress = progress;
    }

    int run() {
        progress.say("soak: %.0f requests/s to the repaired side for %d s", REQUESTS_PER_SECOND, duration.toSeconds());
        List<Plot.Point> heap = new ArrayList<>();
        long everyMillis = Math.max(1_000, duration.toMillis() / SAMPLES);
        ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();
        LoadResult result;
        try {
            ScheduledFuture<?> samples = sampler.scheduleAtFixedRate(
                    () -> sample(heap), WARM_UP.toMillis(), everyMillis, TimeUnit.MILLISECONDS);
            result = load().run();
            samples.cancel(false);
        } finally {
            sampler.shutdownNow();
        }
        progress.print(result.toTable());
        return verdict(heap, result);
    }

    private LoadTest load() {
        LoadTest test = LoadTest.of(application.base().toString());
        application.stories().stream()
                .flatMap(story -> story.steadyPaths().stream())
                .forEach(path -> test.scenario(path, get(path)));
        return test.warmUp(WARM_UP).constantRate(REQUESTS_PER_SECOND).duration(duration);
    }

    private void sample(List<Plot.Point> heap) {
        Plot.Point point = new Plot.Point(progress.seconds(), Heap.afterCollection());
        synchronized (heap) {
            heap.add(point);
        }
        if (heap.size() % 10 == 0) {
            progress.say("  heap after a collection: %s", Units.bytes(point.y()));
        }
    }

    private int verdict(List<Plot.Point> heap, LoadResult result) {
        long errors =
                result.scenarios().stream().mapToLong(ScenarioResult::errors).sum();
        Trend trend;
        synchronized (heap) {
            trend = Trend.of(heap);
        }
        progress.say(
                "heap after collections: %s over the last two thirds, which is %s per hour; scatter around the line %s",
                Units.bytes(trend.rise()), Units.bytes(trend.perSecond() * 3_600), Units.bytes(trend.scatter()));
        if (trend.isGrowth()) {
            progress.say("MISSED: the heap after collections grows");
        }
        if (errors > 0) {
            progress.say("MISSED: %d requests failed", errors);
        }
        if (trend.isGrowth() || errors > 0) {
            return 1;
        }
        progress.say("met: the heap after collections does not grow, and no request failed");
        return 0;
    }
}
