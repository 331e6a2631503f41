package io.perfkit.benchmarks;

import java.util.List;

/** The report as a Markdown table, for {@code docs/benchmarks.md}. */
final class Markdown {

    private Markdown() {}

    static String of(List<Report.Row> rows, String machine) {
        StringBuilder table = new StringBuilder("Measured on: ")
                .append(machine)
                .append(".\n\n| ")
                .append(Report.HEADER.replace("\t", " | "))
                .append(" |\n|---|--:|---|--:|---|--:|--:|--:|\n");
        for (Report.Row row : rows) {
            table.append("| `").append(row.name()).append("` | ");
            table.append(String.join(" | ", row.fields().subList(1, row.fields().size())));
            table.append(row.missed() ? " **MISSED** |\n" : " |\n");
        }
        return table.toString();
    }
}
