package io.perfkit.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;

/**
 * The command: measures one area, or all, and prints the rows of the report after JMH's own output.
 *
 * <p>Writes {@code compare-<area>.tsv} and {@code compare-<area>.md} (the same as a Markdown table, with the machine) into
 * the folder of the first argument, after each round but the first. The exit status is 0 whatever the verdicts are, because
 * a timing is never an assertion; 1 where a benchmark could not run; 2 for arguments that are not understood.
 */
public final class Compare {

    private static final String ALL = "all";
    private static final String USAGE = "usage: compare " + Area.titles() + "|" + ALL + " [--quick] [--only=REGEX]";
    private static final String ONLY = "--only=";

    private Compare() {}

    /** Runs with the folder for the results, the area and, if wanted, {@code --quick}. */
    public static void main(String... arguments) {
        System.exit(run(arguments));
    }

    private static int run(String... arguments) {
        Request request;
        try {
            request = Request.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("compare: " + e.getMessage());
            return 2;
        }
        try {
            compare(request);
            return 0;
        } catch (RunnerException e) {
            System.err.println("compare: a benchmark did not run, its own message is above: " + e.getMessage());
            return 1;
        } catch (Exception e) {
            System.err.println("compare: " + e);
            return 1;
        }
    }

    /**
     * What was asked for.
     *
     * @param results the folder to write to
     * @param title the area's title, or {@code all}
     * @param areas the areas to measure
     * @param effort how long to measure
     * @param only a part of the names of the lines to measure
     */
    record Request(Path results, String title, List<Area> areas, Effort effort, Pattern only) {

        boolean asksFor(String line) {
            return only.matcher(line).find();
        }

        /** The rows to print: those of the areas, as far as they are asked for. */
        List<Bounds.Row> bounds(List<Bounds.Row> all) {
            return all.stream()
                    .filter(row -> asksFor(row.name()))
                    .filter(row -> areas.stream().anyMatch(area -> row.name().startsWith(area.title() + ".")))
                    .toList();
        }

        static Request parse(String... arguments) {
            if (arguments.length < 2) {
                throw new IllegalArgumentException(USAGE);
            }
            List<String> rest = new ArrayList<>(List.of(arguments).subList(1, arguments.length));
            boolean quick = rest.remove("--quick");
            Pattern only = Pattern.compile("");
            for (String argument : List.copyOf(rest)) {
                if (argument.startsWith(ONLY)) {
                    only = pattern(argument.substring(ONLY.length()));
                    rest.remove(argument);
                }
            }
            if (rest.size() != 1) {
                throw new IllegalArgumentException(USAGE);
            }
            String title = rest.get(0);
            List<Area> areas = Arrays.stream(Area.values())
                    .filter(area -> title.equals(ALL) || title.equals(area.title()))
                    .toList();
            if (areas.isEmpty()) {
                throw new IllegalArgumentException("there is no area or option " + title + "; " + USAGE);
            }
            return new Request(Path.of(arguments[0]), title, areas, quick ? Effort.QUICK : Effort.FULL, only);
        }

        private static Pattern pattern(String regex) {
            try {
                return Pattern.compile(regex);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(ONLY + regex + " is no regular expression: " + e.getDescription());
            }
        }
    }

    private static void compare(Request request) throws Exception {
        Files.createDirectories(request.results());
        List<Bounds.Row> bounds = request.bounds(Bounds.all());
        if (bounds.isEmpty()) {
            throw new IllegalArgumentException("no line of " + request.title() + " matches " + ONLY + request.only());
        }
        Effort effort = request.effort();
        List<Report.Row> rows = new ArrayList<>();
        for (Area area : request.areas()) {
            List<Bounds.Row> own = bounds.stream()
                    .filter(row -> row.name().startsWith(area.title() + "."))
                    .toList();
            // After each round, so that a run that is cut short leaves what it has; it judges nothing before the end.
            Measurements measurements = new Rounds(area, request::asksFor, effort)
                    .run((rounds, soFar) -> write(
                            request.results(),
                            area.title(),
                            Report.rows(own, soFar, effort.judges() && rounds == effort.rounds()),
                            rounds + " of " + effort.rounds() + " rounds"));
            rows.addAll(Report.rows(own, measurements, effort.judges()));
        }
        if (request.areas().size() > 1) {
            write(request.results(), request.title(), rows, effort.rounds() + " rounds");
        }
        System.out.println();
        System.out.println(Report.HEADER);
        rows.forEach(row -> System.out.println(row.tabSeparated()));
        System.out.println();
        System.out.println(summary(rows, effort.judges()));
    }

    private static void write(Path folder, String title, List<Report.Row> rows, String rounds) throws IOException {
        Stream<String> lines = rows.stream().map(Report.Row::tabSeparated);
        Files.write(
                folder.resolve("compare-" + title + ".tsv"),
                Stream.concat(Stream.of(Report.HEADER), lines).toList());
        Files.writeString(
                folder.resolve("compare-" + title + ".md"), Markdown.of(rows, Machine.describe() + ", " + rounds));
    }

    /** The closing line. */
    static String summary(List<Report.Row> rows, boolean judged) {
        if (!judged) {
            return "Order of magnitude only: a quick run gives no verdict.";
        }
        return Stream.of(Verdict.MET, Verdict.MISSED, Verdict.UNDECIDED, Verdict.ABSENT)
                .map(verdict -> verdict.text() + " "
                        + rows.stream().filter(row -> row.verdict() == verdict).count())
                .collect(Collectors.joining(", "));
    }
}
