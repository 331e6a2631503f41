package io.perfkit.examples.dashboard.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table in the terminal: text left, numbers right, columns as wide as their widest cell. */
public final class Table {

    static final List<String> HEADINGS =
            List.of("side", "p50", "p95", "p99", "ok/s", "requests", "errors", "queries", "bytes", "ratio");

    /** What the columns mean. */
    static final List<String> LEGEND = List.of(
            "p50, p95, p99: until a client had a successful answer; what failed before it, and trying again, is in it",
            "ok/s: successful answers per second; queries and bytes (allocated in the server): per request",
            "ratio: p95 before / p95 after");

    private Table() {}

    private static String errors(Figures figures) {
        if (figures.errors() == 0) {
            return "0";
        }
        return Units.count(figures.errors()) + " (" + percent(figures) + ")";
    }

    /** The share of requests that failed. */
    static String percent(Figures figures) {
        double percent = 100.0 * figures.errors() / figures.requests();
        return percent < 1 ? "<1%" : String.format(Locale.ROOT, "%.0f%%", percent);
    }

    /** The cells of a row after its label, in the order of the headings; the report shows the same ones. */
    static List<String> cells(Row row) {
        Figures f = row.figures();
        return List.of(
                f.side().toString(),
                Units.nanos(f.p50Nanos()),
                Units.nanos(f.p95Nanos()),
                Units.nanos(f.p99Nanos()),
                Units.rate(f.answersPerSecond()),
                Units.count(f.requests()),
                errors(f),
                Double.isNaN(f.queries()) ? "-" : Units.count(f.queries()),
                Double.isNaN(f.allocatedBytes()) ? "-" : Units.bytes(f.allocatedBytes()),
                row.ratio());
    }

    public static String of(List<StoryResult> stories) {
        List<List<String>> lines = new ArrayList<>();
        List<String> heading = new ArrayList<>(List.of("story"));
        heading.addAll(HEADINGS);
        lines.add(heading);
        for (StoryResult story : stories) {
            for (Row row : story.rows()) {
                List<String> line = new ArrayList<>();
                line.add(story.name() + ": " + row.figures().label());
                line.addAll(cells(row));
                lines.add(line);
            }
        }
        int columns = heading.size();
        int[] widths = new int[columns];
        for (List<String> line : lines) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], line.get(column).length());
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String cell = line.get(column);
                String padding = " ".repeat(widths[column] - cell.length());
                text.append(column < 2 ? cell + padding : padding + cell).append("  ");
            }
            table.append(text.toString().stripTrailing()).append(System.lineSeparator());
            if (line == heading) {
                table.append("-".repeat(text.toString().stripTrailing().length()))
                        .append(System.lineSeparator());
            }
        }
        return table.append(String.join(System.lineSeparator(), LEGEND)).toString();
    }
}
