package io.perfkit.examples.dashboard.stories;

import io.perfkit.examples.dashboard.http.HttpSide;
import io.perfkit.examples.dashboard.measure.StoryResult;
import java.util.List;

/** One fault of the application and its repair. Each story is one class, registered in {@link Stories#all}. */
public interface Story extends AutoCloseable {

    String name();

    /** What is wrong with the endpoint as it was found. */
    String fault();

    /** What was done about it. */
    String repair();

    /** Adds its endpoints, {@code /before/…} and {@code /after/…}. */
    void register(HttpSide http);

    /** Requests worth trying by hand, as paths of both sides; the live page links to them. */
    List<String> links();

    /** Requests to the repaired side that a long run repeats. */
    default List<String> steadyPaths() {
        return links().stream().filter(path -> path.startsWith("/after/")).toList();
    }

    /** Drives both sides and says what came of it. */
    StoryResult measure(Bench bench) throws Exception;

    @Override
    default void close() {}
}
