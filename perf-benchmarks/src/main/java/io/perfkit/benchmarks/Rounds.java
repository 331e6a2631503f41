package io.perfkit.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks of one area, round after round, and shows what JMH prints.
 *
 * <p>JMH itself would run all forks of one benchmark and then all forks of the next; a machine that slows down in between
 * would then be read as a difference between the two. So each round is a run of JMH with one fork of every benchmark, and
 * the rounds are joined again for JMH's closing table.
 */
final class Rounds {

    /** Enough for every benchmark here, and fixed, so that the collector sees the same heap on both sides. */
    private static final String[] HEAP = {"-Xms1g", "-Xmx1g"};

    private final Area area;
    private final List<Catalogue.Entry> entries;
    private final Effort effort;
    private final WarmUp warmUp;
    private final OutputFormat out = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.NORMAL);

    /** @param lines the lines to measure, by their names */
    Rounds(Area area, Predicate<String> lines, Effort effort) {
        this.area = area;
        this.entries = Catalogue.of(area).stream()
                .filter(entry -> lines.test(entry.line()))
                .toList();
        this.effort = effort;
        this.warmUp = new WarmUp(effort);
    }

    /**
     * Runs all rounds.
     *
     * @param progress is told what was measured so far, from the second round on, which is the first that has an interval
     */
    Measurements run(Progress progress) throws Exception {
        if (entries.isEmpty()) {
            return new Measurements();
        }
        List<Collection<RunResult>> rounds = new ArrayList<>();
        try (Fixture fixture = area.fixture()) {
            for (int round = 1; round <= effort.rounds(); round++) {
                out.println("");
                out.println("# " + area.title() + ": round " + round + " of " + effort.rounds());
                rounds.add(round(fixture.properties()));
                if (round > 1) {
                    progress.completed(round, measured(join(rounds)));
                }
            }
        }
        Map<String, RunResult> joined = join(rounds);
        out.endRun(joined.values());
        return measured(joined);
    }

    /** Who wants to know before the end. */
    interface Progress {
        void completed(int rounds, Measurements soFar) throws Exception;
    }

    private Measurements measured(Map<String, RunResult> joined) throws RunnerException {
        Measurements measurements = new Measurements();
        for (Catalogue.Entry entry : entries) {
            RunResult result = joined.get(entry.benchmark());
            if (result == null) {
                throw new RunnerException("JMH gave no result for " + entry.benchmark());
            }
            String counted = entry.result();
            measurements.put(
                    entry.line(),
                    entry.side(),
                    counted == null ? series(entry.line(), result) : counts(result, counted));
        }
        return measurements;
    }

    /** One fork of each benchmark; once more, after a longer warm-up, where it still became faster in its measurement. */
    private Collection<RunResult> round(Map<String, String> properties) throws RunnerException {
        Map<String, RunResult> results = new TreeMap<>();
        Collection<String> open =
                entries.stream().map(Catalogue.Entry::benchmark).distinct().toList();
        while (!open.isEmpty()) {
            Map<Integer, List<String>> byWarmUp =
                    open.stream().collect(Collectors.groupingBy(warmUp::iterations, TreeMap::new, Collectors.toList()));
            for (Map.Entry<Integer, List<String>> group : byWarmUp.entrySet()) {
                for (RunResult result : run(group.getValue(), group.getKey(), properties)) {
                    results.put(result.getParams().getBenchmark(), result);
                }
            }
            open = open.stream()
                    .filter(each -> results.containsKey(each) && warmUp.extend(each, results.get(each)))
                    .toList();
            open.forEach(each -> out.println(
                    "# still warming up, measured again after " + warmUp.iterations(each) + " iterations: " + each));
        }
        return results.values();
    }

    private Collection<RunResult> run(List<String> benchmarks, int warmups, Map<String, String> properties)
            throws RunnerException {
        List<String> arguments = new ArrayList<>(List.of(HEAP));
        properties.forEach((name, value) -> arguments.add("-D" + name + "=" + value));
        OptionsBuilder options = new OptionsBuilder();
        benchmarks.forEach(each -> options.include("^" + Pattern.quote(each) + "$"));
        return new Runner(
                        options.forks(1)
                                .warmupIterations(warmups)
                                .warmupTime(effort.iteration())
                                .measurementIterations(effort.iterations())
                                .measurementTime(effort.iteration())
                                .timeUnit(TimeUnit.NANOSECONDS)
                                .addProfiler(GCProfiler.class)
                                .addProfiler(RoundTrips.class)
                                .jvmArgsAppend(arguments.toArray(String[]::new))
                                .shouldDoGC(true)
                                .shouldFailOnError(true)
                                .build(),
                        withoutClosingTable(out))
                .run();
    }

    private static Map<String, RunResult> join(List<Collection<RunResult>> rounds) {
        Map<String, List<BenchmarkResult>> forks = new TreeMap<>();
        Map<String, RunResult> joined = new TreeMap<>();
        for (Collection<RunResult> round : rounds) {
            for (RunResult result : round) {
                String benchmark = result.getParams().getBenchmark();
                List<BenchmarkResult> all = forks.computeIfAbsent(benchmark, name -> new ArrayList<>());
                all.addAll(result.getBenchmarkResults());
                joined.put(benchmark, new RunResult(result.getParams(), all));
            }
        }
        return joined;
    }

    private static Measurements.Series series(String line, RunResult result) {
        Result<?> primary = result.getPrimaryResult();
        double[] samples = result.getBenchmarkResults().stream()
                .map(fork -> fork.getPrimaryResult())
                .mapToDouble(
                        fork -> line.contains(Line.P999) ? fork.getStatistics().getPercentile(99.9) : fork.getScore())
                .toArray();
        boolean moreIsBetter = result.getParams().getMode() == Mode.Throughput;
        return new Measurements.Series(samples, primary.getScoreUnit(), moreIsBetter, WarmUp.isSettled(result));
    }

    /** What was counted beside the time. It does not become less as the JVM warms up. */
    private static Measurements.Series counts(RunResult result, String label) throws RunnerException {
        List<Double> samples = new ArrayList<>();
        String unit = "";
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            Result<?> counted = fork.getSecondaryResults().get(label);
            if (counted == null) {
                throw new RunnerException(
                        "JMH gave no " + label + " for " + result.getParams().getBenchmark());
            }
            samples.add(counted.getScore());
            unit = counted.getScoreUnit();
        }
        return new Measurements.Series(
                samples.stream().mapToDouble(Double::doubleValue).toArray(), unit, false, true);
    }

    /** Leaves out what JMH prints at the end of each run; it is printed once, over all rounds. */
    private static OutputFormat withoutClosingTable(OutputFormat format) {
        return (OutputFormat) Proxy.newProxyInstance(
                OutputFormat.class.getClassLoader(),
                new Class<?>[] {OutputFormat.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("endRun")) {
                        return null;
                    }
                    try {
                        return method.invoke(format, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
