package io.perfkit.examples.dashboard;

import com.sun.management.UnixOperatingSystemMXBean;
import io.perfkit.examples.dashboard.measure.Budget;
import io.perfkit.examples.dashboard.measure.HtmlReport;
import io.perfkit.examples.dashboard.measure.StoryResult;
import io.perfkit.examples.dashboard.measure.Table;
import io.perfkit.examples.dashboard.shop.DataSize;
import io.perfkit.examples.dashboard.shop.Progress;
import io.perfkit.examples.dashboard.shop.Trouble;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The entry point: arguments in, exit status out. */
public final class Main {

    /** 5,000 live feeds with both of their ends in this process, and room for everything else. */
    private static final long FILES = 10_600;

    /** While measuring: longer than it takes to open 5,000 feeds, and not so long that the demo has to wait for it. */
    private static final Duration FEED_IDLE_MEASURED = Duration.ofSeconds(10);

    private static final Duration FEED_IDLE_SERVED = Duration.ofMinutes(5);

    private Main() {}

    /**
     * Runs the dashboard and ends the JVM.
     *
     * @param arguments as in {@link Options#USAGE}
     */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int status;
        try {
            status = run(Options.parse(arguments), out);
        } catch (Trouble e) {
            System.err.println("dashboard: " + e.getMessage());
            status = e.exitStatus();
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
        checkFiles();
        checkReport(options.report());
        // jOOQ greets every application with a banner unless told not to.
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        Progress progress = new Progress(out);
        DataSize size = DataSize.atScale(options.scale());
        Duration idle = options.serve() ? FEED_IDLE_SERVED : FEED_IDLE_MEASURED;
        try (Application application = new Application(options.port(), size, options.dataDirectory(), idle, progress)) {
            if (options.serve()) {
                return serve(application, progress);
            }
            Duration soak = options.soak();
            return soak != null ? new Soak(application, soak, progress).run() : measure(application, options, progress);
        }
    }

    private static int measure(Application application, Options options, Progress progress) throws Exception {
        List<StoryResult> results = new Measurement(application, options.quick(), progress).run();
        progress.print("");
        progress.print(Table.of(results));
        progress.print("");
        long missed = 0;
        for (StoryResult result : results) {
            for (Budget budget : result.budgets()) {
                progress.print(budget.toString(result.name()));
                missed += budget.met() ? 0 : 1;
            }
        }
        progress.print("");
        for (StoryResult result : results) {
            result.notes().forEach(note -> progress.print(result.name() + ": " + note));
        }
        write(options.report(), new HtmlReport(results, Facts.of(application, options, progress)).render());
        progress.print("");
        progress.say("report: %s", options.report());
        progress.say(missed == 0 ? "every budget was met" : missed + " budgets were missed");
        return missed == 0 ? 0 : 1;
    }

    /** Stays until the process is told to end; the servers end with it. */
    private static int serve(Application application, Progress progress) throws InterruptedException {
        progress.say("serving %s/ (Ctrl-C ends it and both servers)", application.base());
        new CountDownLatch(1).await();
        return 0;
    }

    private static void checkFiles() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() < FILES) {
            throw Trouble.of("too few file descriptors for 5,000 live feeds: " + FILES + " are needed, "
                    + system.getMaxFileDescriptorCount() + " allowed; raise the limit with: ulimit -n " + FILES);
        }
    }

    /** Before minutes of work rather than after them. */
    private static void checkReport(Path report) {
        Path parent = report.getParent();
        boolean writable = Files.exists(report)
                ? Files.isRegularFile(report) && Files.isWritable(report)
                : parent != null && Files.isDirectory(parent) && Files.isWritable(parent);
        if (!writable) {
            throw Trouble.of("the report " + report + " cannot be written; choose another file with --report");
        }
    }

    private static void write(Path report, String html) {
        try {
            Files.writeString(report, html);
        } catch (IOException e) {
            throw Trouble.of("the report " + report + " cannot be written (" + e.getMessage()
                    + "); choose another file with --report");
        }
    }
}
