package io.perfkit.benchmarks;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks that JMH found at build time, each with the line and the side that its annotations give it. */
final class Catalogue {

    private Catalogue() {}

    /**
     * One benchmark.
     *
     * @param benchmark JMH's name for it: the class and the method
     * @param line the {@link Line} of its class
     * @param side the {@link Side} of its method
     */
    record Entry(String benchmark, String line, String side) {}

    static List<Entry> of(Area area) {
        return BenchmarkList.defaultList()
                .find(
                        OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                        List.of(area.benchmarks()),
                        List.of())
                .stream()
                .map(Catalogue::entry)
                .toList();
    }

    private static Entry entry(BenchmarkListEntry entry) {
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
            return new Entry(benchmark, line.value(), side.value());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("JMH lists " + benchmark + ", but it cannot be found", e);
        }
    }
}
