package io.perfkit.benchmarks;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks that JMH found at build time, each with the line and the side that its annotations give it. */
final class Catalogue {

    private Catalogue() {}

    /**
     * One side of one line. A benchmark has one by its time, and may have another by something else.
     *
     * @param benchmark JMH's name for it: the class and the method
     * @param line the {@link Line} of its class
     * @param side the {@link Side} of its method
     * @param result what it {@link Counts} instead of the time; {@code null} for the time
     */
    record Entry(
            String benchmark,
            String line,
            String side,
            @Nullable String result) {}

    static List<Entry> of(Area area) {
        return BenchmarkList.defaultList()
                .find(
                        OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                        List.of(area.benchmarks()),
                        List.of())
                .stream()
                .flatMap(Catalogue::entries)
                .toList();
    }

    private static Stream<Entry> entries(BenchmarkListEntry entry) {
        String benchmark = entry.getUsername();
        String type = entry.getUserClassQName();
        try {
            Class<?> benchmarks = Class.forName(type);
            Method method = Arrays.stream(benchmarks.getMethods())
                    .filter(each -> benchmark.equals(type + "." + each.getName()))
                    .findAny()
                    .orElseThrow(() -> new NoSuchMethodException(benchmark));
            Line line = Objects.requireNonNull(benchmarks.getAnnotation(Line.class), "@Line is missing at " + type);
            Side side = Objects.requireNonNull(method.getAnnotation(Side.class), "@Side is missing at " + benchmark);
            Entry time = new Entry(benchmark, line.value(), side.value(), null);
            Counts counts = method.getAnnotation(Counts.class);
            return counts == null
                    ? Stream.of(time)
                    : Stream.of(time, new Entry(benchmark, counts.line(), counts.side(), counts.result()));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("JMH lists " + benchmark + ", but it cannot be found", e);
        }
    }
}
