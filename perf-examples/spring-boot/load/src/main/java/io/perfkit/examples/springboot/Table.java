package io.perfkit.examples.springboot;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table that is printed. */
final class Table {

    private static final List<String> HEAD = List.of(
            "endpoint",
            "users",
            "before: answers/s",
            "p50",
            "p95",
            "errors",
            "SQL",
            "after: answers/s",
            "p50",
            "p95",
            "errors",
            "SQL",
            "factor",
            "promised",
            "");

    private Table() {}

    static String of(List<Row> rows) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEAD);
        for (Row row : rows) {
            List<String> line = new ArrayList<>(List.of(row.endpoint(), String.valueOf(row.users())));
            line.addAll(cells(row.before()));
            line.addAll(cells(row.after()));
            line.add(factor(row.factor()));
            line.add(">= " + factor(row.promised()));
            line.add(row.met() ? "met" : "MISSED");
            lines.add(line);
        }
        int[] widths = new int[HEAD.size()];
        for (List<String> line : lines) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], line.get(column).length());
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String padding = " ".repeat(widths[column] - line.get(column).length());
                boolean left = column == 0 || column == widths.length - 1;
                text.append(left ? line.get(column) + padding : padding + line.get(column))
                        .append("  ");
            }
            table.append(text.toString().stripTrailing()).append('\n');
            if (line == HEAD) {
                table.append("-".repeat(text.toString().stripTrailing().length()))
                        .append('\n');
            }
        }
        return table.append("answers/s: successful answers per second. SQL: statements of the database per request.\n")
                .append("factor: how many times as many answers; at 20 users and for writes: no fewer than before.")
                .toString();
    }

    private static List<String> cells(Figures figures) {
        return List.of(
                rate(figures.answersPerSecond()),
                time(figures.p50()),
                time(figures.p95()),
                String.valueOf(figures.errors()),
                String.format(Locale.ROOT, figures.statements() < 9.95 ? "%.1f" : "%,.0f", figures.statements()));
    }

    static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 9.95 ? "%.1f" : "%,.0f", perSecond);
    }

    static String time(Duration time) {
        double millis = time.toNanos() / 1e6;
        return millis < 999.5
                ? String.format(Locale.ROOT, millis < 9.95 ? "%.1f ms" : "%.0f ms", millis)
                : String.format(Locale.ROOT, "%.1f s", millis / 1e3);
    }

    /** Where the side before answered nobody in time, there is no number. */
    private static String factor(double factor) {
        if (Double.isInfinite(factor)) {
            return "no end";
        }
        return String.format(Locale.ROOT, factor < 9.95 && factor != Math.rint(factor) ? "%.1f" : "%,.0f", factor)
                + "x";
    }
}
