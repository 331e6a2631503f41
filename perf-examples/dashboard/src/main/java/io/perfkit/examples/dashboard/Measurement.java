package io.perfkit.examples.dashboard;

import io.perfkit.examples.dashboard.measure.Budget;
import io.perfkit.examples.dashboard.measure.Heap;
import io.perfkit.examples.dashboard.measure.StoryResult;
import io.perfkit.examples.dashboard.measure.Units;
import io.perfkit.examples.dashboard.shop.Progress;
import io.perfkit.examples.dashboard.stories.Bench;
import io.perfkit.examples.dashboard.stories.Story;
import java.util.ArrayList;
import java.util.List;

/** Drives every story, one after the other. */
final class Measurement {

    private static final double HEAP_BYTES = 800e6;

    private final Application application;
    private final boolean quick;
    private final Progress progress;

    Measurement(Application application, boolean quick, Progress progress) {
        this.application = application;
        this.quick = quick;
        this.progress = progress;
    }

    List<StoryResult> run() throws Exception {
        Bench bench = new Bench(application.base(), quick, progress);
        List<StoryResult> results = new ArrayList<>();
        for (Story story : application.stories()) {
            progress.say("%s", story.name());
            results.add(story.measure(bench));
        }
        results.add(whole());
        return results;
    }

    private static StoryResult whole() {
        return new StoryResult(
                "the whole demo",
                "",
                "",
                List.of(),
                List.of(Budget.atMost(
                        "heap, both sides and the load test", HEAP_BYTES, (double) Heap.peak(), Units::bytes)),
                List.of(),
                List.of("The heap is that of the one JVM in which both sides, the web server and the load test ran; the"
                        + " limit it was started with is "
                        + Units.bytes(Runtime.getRuntime().maxMemory())
                        + ". PostgreSQL and Redis are processes of their own."));
    }
}
