package io.perfkit.examples.dashboard;

import io.perfkit.examples.dashboard.shop.Trouble;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The command line. What it does not know, and every value that makes no sense, is one line and exit status 2.
 *
 * @param help print the usage and do nothing else
 * @param serve stay up instead of measuring
 * @param quick measure for a shorter time
 * @param scale how many times the data
 * @param soak how long to run the repaired side at a steady rate; null to measure both sides
 * @param port of the web server; 0 for any that is free
 * @param report where to write the page with plots
 * @param dataDirectory where the database keeps its data; null for a directory for temporary files
 */
record Options(
        boolean help,
        boolean serve,
        boolean quick,
        int scale,
        @Nullable Duration soak,
        int port,
        Path report,
        @Nullable Path dataDirectory) {

    static final String USAGE = """
            usage: perf-examples/dashboard/run [serve] [options]

            Runs a slow web application and the same application repaired with perfkit against the same data, on a
            real PostgreSQL and a real Redis, prints one table and writes dashboard-report.html. The exit status is 0
            if every repaired endpoint met its budget, 1 if not, 2 if the command line makes no sense.

              serve             load the data, stay up, and show both sides live on a page
              --quick           measure for a shorter time (about a minute in all)
              --scale N         N times the data, from 1 to 50
              --soak DURATION   run the repaired side at a steady rate, such as 30s, 10m or 24h; fails if the heap grows
              --port N          port of the web server, from 0 to 65535; 0, the default, takes any free one (serve: 8080)
              --report FILE     where to write the report (default dashboard-report.html in the current directory)
              --data-dir DIR    where the database keeps its data (default: the directory for temporary files)
              --help            this text
            """;

    private static final Set<String> FLAGS = Set.of("serve", "--serve", "--quick", "--help", "-h");
    private static final Set<String> WITH_VALUE = Set.of("--scale", "--soak", "--port", "--report", "--data-dir");
    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5})(s|m|h|d)");
    private static final int LARGEST_SCALE = 50;

    /** A slope needs some points. */
    private static final Duration SHORTEST_SOAK = Duration.ofSeconds(30);

    private static final Duration LONGEST_SOAK = Duration.ofDays(30);

    static Options parse(String... arguments) {
        boolean help = false;
        boolean serve = false;
        boolean quick = false;
        int scale = 1;
        Duration soak = null;
        Integer port = null;
        Path report = Path.of("dashboard-report.html");
        Path dataDirectory = null;
        Deque<String> rest = new ArrayDeque<>(List.of(arguments));
        Set<String> seen = new HashSet<>();
        while (!rest.isEmpty()) {
            String argument = rest.remove();
            int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (equals >= 0 && WITH_VALUE.contains(name)) {
                rest.addFirst(argument.substring(equals + 1));
            } else if (equals >= 0 || (!FLAGS.contains(name) && !WITH_VALUE.contains(name))) {
                throw Trouble.usage("unknown argument '" + argument + "'");
            }
            if (!seen.add(name)) {
                throw Trouble.usage(name + " is given twice");
            }
            switch (name) {
                case "serve", "--serve" -> serve = true;
                case "--quick" -> quick = true;
                case "--help", "-h" -> help = true;
                case "--scale" -> scale = number(name, value(name, rest), 1, LARGEST_SCALE);
                case "--port" -> port = number(name, value(name, rest), 0, 65_535);
                case "--soak" -> soak = duration(name, value(name, rest));
                case "--report" -> report = Path.of(value(name, rest));
                case "--data-dir" -> dataDirectory = Path.of(value(name, rest)).toAbsolutePath();
                default -> throw new AssertionError(name);
            }
        }
        if (serve && soak != null) {
            throw Trouble.usage("serve and --soak exclude each other");
        }
        if (quick && (serve || soak != null)) {
            throw Trouble.usage("--quick shortens a measurement; it does not go with serve or --soak");
        }
        return new Options(
                help,
                serve,
                quick,
                scale,
                soak,
                port != null ? port : serve ? 8_080 : 0,
                report.toAbsolutePath(),
                dataDirectory);
    }

    private static String value(String name, Deque<String> rest) {
        String value = rest.poll();
        if (value == null || value.isEmpty() || value.startsWith("--")) {
            throw Trouble.usage(name + " needs a value");
        }
        return value;
    }

    private static int number(String name, String text, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        throw Trouble.usage(name + " must be a number from " + least + " to " + most + ", but was '" + text + "'");
    }

    private static Duration duration(String name, String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw Trouble.usage(name + " must be a duration such as 30s, 10m or 24h, but was '" + text + "'");
        }
        long number = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
        if (duration.compareTo(SHORTEST_SOAK) < 0 || duration.compareTo(LONGEST_SOAK) > 0) {
            throw Trouble.usage(name + " must be from 30s to 30d, but was '" + text + "'");
        }
        return duration;
    }

    @Override
    public String toString() {
        return Arrays.asList(serve ? "serve" : soak != null ? "soak" : "measure", "scale " + scale)
                .toString();
    }
}
