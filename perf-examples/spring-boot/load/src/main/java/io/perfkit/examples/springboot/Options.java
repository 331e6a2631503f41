package io.perfkit.examples.springboot;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The command line. What it does not know is one line and exit status 2.
 *
 * @param help print the usage and do nothing else
 * @param serve stay up instead of measuring
 * @param diff print what was changed and do nothing else
 * @param quick measure for a shorter time, with 100 users only
 */
record Options(boolean help, boolean serve, boolean diff, boolean quick) {

    static final String USAGE = """
            usage: perf-examples/spring-boot/run [serve | diff] [--quick]

            Starts a clinic on Spring Boot as it was found, and the same clinic with perf-spring-boot-starter, each as a
            process of its own on a real PostgreSQL and a real Redis; puts the load of 20 and of 100 users on each
            endpoint of both; prints one table, and what was changed. The exit status is 0 if the repaired side kept
            every promise, 1 if not, 2 if the command line makes no sense.

              serve     start both, tell where they are, and stay up
              diff      print what was changed, and nothing else
              --quick   measure for a shorter time, with 100 users only
              --help    this text
            """;

    private static final Set<String> KNOWN = Set.of("serve", "diff", "--quick", "--help", "-h");

    static Options parse(String... arguments) {
        List<String> given = Arrays.asList(arguments);
        for (String argument : given) {
            if (!KNOWN.contains(argument)) {
                throw new IllegalArgumentException("unknown argument '" + argument + "'");
            }
        }
        Options options = new Options(
                given.contains("--help") || given.contains("-h"),
                given.contains("serve"),
                given.contains("diff"),
                given.contains("--quick"));
        if (options.serve && options.diff) {
            throw new IllegalArgumentException("serve and diff exclude each other");
        }
        if (options.quick && (options.serve || options.diff)) {
            throw new IllegalArgumentException("--quick shortens a measurement; it does not go with serve or diff");
        }
        return options;
    }
}
