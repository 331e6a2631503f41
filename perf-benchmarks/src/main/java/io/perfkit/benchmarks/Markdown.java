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
                .append(" |\n|---|--:|---|--:|---|--:|--:|--:|--:|---|\n");
        for (Report.Row row : rows) {
            table.append("| `").append(row.name()).append("` | ");
            List<String> fields = row.fields();
            table.append(String.join(" | ", fields.subList(1, fields.size() - 1)));
            table.append(
                    row.verdict() == Verdict.MISSED
                            ? " | **missed** |\n"
                            : " | " + row.verdict().text() + " |\n");
        }
        return table.toString();
    }
}
