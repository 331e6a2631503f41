package io.perfkit.examples.plain;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** The local tier alone: one load for many callers, and an invalidation by pattern. */
public final class CacheExample {
    private CacheExample() {}

    /** Any type will do while the region is local; a shared tier needs a codec for it. */
    record Report(String month, long cents) {}

    /** Stands for the slow part of an application. */
    static final class Database {
        final AtomicInteger queries = new AtomicInteger();

        Report salesReport(String month) {
            return new Report(month, 4_200L * queries.incrementAndGet());
        }
    }

    /** What docs/first-steps.md says that its application prints. */
    private static final String FIRST_STEPS = """
            asking the database
            Optional[Product[id=1, name=tea]]
            Optional[Product[id=1, name=tea]]
            asking the database
            Optional[Product[id=1, name=green tea]]
            """;

    public static void main(String[] args) throws Exception {
        check(
                "the first steps print what their page says",
                outputOf(() -> shop.Main.main(new String[0])).equals(FIRST_STEPS));
        Database database = new Database();

        PerfCache cache =
                PerfCache.builder("shop").local(l -> l.maximumSize(10_000)).build();
        CacheRegion<Report> reports = cache.region(
                "report",
                Report.class,
                CachePolicy.builder().ttl(Duration.ofMinutes(5)).build());

        Report report = reports.getOrSet("sales:2026-11", () -> database.salesReport("2026-11"));
        reports.invalidatePattern("sales:*");

        try (cache) {
            check("the first report took a load", report.cents() == 4_200);
            List<Report> answers =
                    inThreads(16, () -> reports.getOrSet("sales:2026-11", () -> database.salesReport("2026-11")));
            check("after the invalidation, 16 callers caused one more", database.queries.get() == 2);
            check(
                    "and all of them got the new report",
                    answers.equals(Collections.nCopies(16, new Report("2026-11", 8_400))));
        }
    }

    private static <T> List<T> inThreads(int threads, Callable<T> call) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : executor.invokeAll(Collections.nCopies(threads, call))) {
                results.add(result.get());
            }
            return results;
        } finally {
            executor.shutdown();
        }
    }

    private static String outputOf(Runnable program) {
        PrintStream usual = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            program.run();
        } finally {
            System.setOut(usual);
        }
        return printed.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    private static void check(String what, boolean holds) {
        if (!holds) {
            throw new IllegalStateException("not so: " + what);
        }
        System.out.println("perf-cache: " + what);
    }
}
