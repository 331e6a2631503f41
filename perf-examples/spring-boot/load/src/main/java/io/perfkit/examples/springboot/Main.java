package io.perfkit.examples.springboot;

import io.perfkit.testkit.PostgresServer;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.TestServerException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The entry point: arguments in, exit status out. */
public final class Main {

    private static final int OWNERS = 10_000;
    private static final int VISITS = 300_000;

    private Main() {}

    /**
     * Runs the comparison and ends the JVM. The system property {@code clinic.folder} says where the clinics are.
     *
     * @param arguments as in {@link Options#USAGE}
     */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int status;
        try {
            status = run(Options.parse(arguments), out);
        } catch (IllegalArgumentException e) {
            System.err.println("spring-boot: " + e.getMessage() + " (--help lists the options)");
            status = 2;
        } catch (Trouble | TestServerException e) {
            System.err.println("spring-boot: " + e.getMessage());
            status = 1;
        } catch (Exception e) {
            e.printStackTrace();
            status = 1;
        }
        System.exit(status);
    }

    private static int run(Options options, PrintStream out) throws Exception {
        if (options.help()) {
            out.print(Options.USAGE);
            return 0;
        }
        Path folder = Path.of(System.getProperty("clinic.folder", "")).toAbsolutePath();
        Changes changes = Changes.of(folder);
        if (options.diff()) {
            print(changes, out);
            return 0;
        }
        Progress progress = new Progress(out);
        progress.say("starting PostgreSQL and Redis, and loading %,d owners and %,d visits", OWNERS, VISITS);
        try (PostgresServer postgres =
                        PostgresServer.builder().settings(ClinicData.SETTINGS).start();
                RedisServer redis = RedisServer.startNew()) {
            ClinicData data = ClinicData.load(postgres, OWNERS, VISITS);
            progress.say("starting both clinics");
            try (Clinic before = Clinic.start(Side.BEFORE, folder, data, redis.uri(), List.of());
                    Clinic after = Clinic.start(Side.AFTER, folder, data, redis.uri(), List.of())) {
                Bases bases = new Bases(before.base(), after.base());
                progress.say("before: %s, after: %s", bases.before(), bases.after());
                if (options.serve()) {
                    progress.say("Ctrl-C ends both clinics and both servers");
                    new CountDownLatch(1).await();
                }
                return measure(options.quick(), data, bases, changes, progress, out);
            }
        }
    }

    private static int measure(
            boolean quick, ClinicData data, Bases bases, Changes changes, Progress progress, PrintStream out)
            throws Exception {
        String after = bases.after();
        List<Endpoint> endpoints = Endpoints.all(
                OWNERS,
                VISITS,
                Cursors.walk(after, "/owners?first=100", 100),
                Cursors.walk(after, "/visits?first=100", 3_000));
        Measurement measurement = new Measurement(
                data, bases, Duration.ofSeconds(quick ? 1 : 3), Duration.ofSeconds(4), quick ? 1 : 2, progress);
        List<Row> rows = measurement.run(endpoints, quick ? List.of(100) : List.of(20, 100));
        print(changes, out);
        progress.print("");
        progress.print(Table.of(rows));
        progress.print("");
        long missed = rows.stream().filter(row -> !row.met()).count();
        progress.say(missed == 0 ? "every promise was kept" : missed + " promises were not kept");
        return missed == 0 ? 0 : 1;
    }

    private static void print(Changes changes, PrintStream out) {
        out.println();
        changes.lines().forEach(out::println);
        out.printf("%n%d lines added, %d removed%n", changes.added(), changes.removed());
    }
}
