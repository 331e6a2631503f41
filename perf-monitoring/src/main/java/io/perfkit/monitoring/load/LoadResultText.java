package io.perfkit.monitoring.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a {@link LoadResult} for people and for programs. */
final class LoadResultText {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private LoadResultText() {}

    static String table(LoadResult result) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {
            "scenario", "calls", "errors", "late", "dropped", "p50 ms", "p95 ms", "p99 ms", "max ms", "ok/s", "status"
        });
        for (ScenarioResult s : result.scenarios()) {
            rows.add(new String[] {
                s.name(),
                Long.toString(s.count()),
                Long.toString(s.errors()),
                Long.toString(s.late()),
                Long.toString(s.dropped()),
                millis(s.p50()),
                millis(s.p95()),
                millis(s.p99()),
                millis(s.max()),
                String.format(Locale.ROOT, "%.1f", s.throughput()),
                statuses(s.statusCodes())
            });
        }
        StringBuilder text = new StringBuilder(align(rows));
        for (ScenarioResult s : result.scenarios()) {
            if (s.answers().count() < s.count()) {
                text.append(answers(s));
            }
            s.headers()
                    .forEach((name, header) -> text.append(String.format(
                            Locale.ROOT,
                            "%s  %s: mean %.1f, max %.1f%n",
                            s.name(),
                            name,
                            header.mean(),
                            header.max())));
            s.failures()
                    .forEach((kind, count) -> text.append(s.name())
                            .append("  ")
                            .append(count)
                            .append(" x ")
                            .append(kind)
                            .append('\n'));
        }
        if (result.underWay() > 0) {
            text.append(underWay(result)).append('\n');
        }
        return text.toString();
    }

    private static String answers(ScenarioResult scenario) {
        AnswerTimes answers = scenario.answers();
        return String.format(
                Locale.ROOT,
                "%s  until a call succeeded, with its repetitions: p50 %s, p95 %s, p99 %s, max %s ms; %,d of %,d never did%n",
                scenario.name(),
                millis(answers.p50()),
                millis(answers.p95()),
                millis(answers.p99()),
                millis(answers.max()),
                answers.unanswered(),
                answers.count());
    }

    static String underWay(LoadResult result) {
        return String.format(
                Locale.ROOT,
                "%,d calls were still under way at the end, the oldest for %.1f s",
                result.underWay(),
                result.oldestUnderWay().toMillis() / 1000.0);
    }

    private static String align(List<String[]> rows) {
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String space = " ".repeat(widths[i] - row[i].length());
                boolean left = i == 0 || i == columns - 1;
                line.append(left ? row[i] + space : space + row[i]).append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static String statuses(Map<Integer, Long> codes) {
        List<String> parts = new ArrayList<>();
        codes.forEach((code, count) -> parts.add((code == 0 ? "done" : code.toString()) + ":" + count));
        return String.join(" ", parts);
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.2f", number(duration));
    }

    private static double number(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    static String json(LoadResult result) {
        ObjectNode root = JSON.createObjectNode();
        root.put("elapsedMillis", number(result.elapsed()));
        root.put("underWay", result.underWay());
        root.put("oldestUnderWayMillis", number(result.oldestUnderWay()));
        var scenarios = root.putArray("scenarios");
        for (ScenarioResult s : result.scenarios()) {
            ObjectNode node = scenarios.addObject();
            node.put("name", s.name())
                    .put("count", s.count())
                    .put("errors", s.errors())
                    .put("errorRate", s.errorRate())
                    .put("timedOut", s.timedOut())
                    .put("late", s.late())
                    .put("dropped", s.dropped())
                    .put("meanMillis", number(s.mean()))
                    .put("p50Millis", number(s.p50()))
                    .put("p95Millis", number(s.p95()))
                    .put("p99Millis", number(s.p99()))
                    .put("maxMillis", number(s.max()))
                    .put("throughput", s.throughput());
            node.putObject("answers")
                    .put("count", s.answers().count())
                    .put("unanswered", s.answers().unanswered())
                    .put("p50Millis", number(s.answers().p50()))
                    .put("p95Millis", number(s.answers().p95()))
                    .put("p99Millis", number(s.answers().p99()))
                    .put("maxMillis", number(s.answers().max()));
            ObjectNode codes = node.putObject("statusCodes");
            s.statusCodes().forEach((code, count) -> codes.put(code.toString(), count));
            ObjectNode failures = node.putObject("failures");
            s.failures().forEach(failures::put);
            ObjectNode headers = node.putObject("headers");
            s.headers()
                    .forEach((name, header) -> headers.putObject(name)
                            .put("count", header.count())
                            .put("mean", header.mean())
                            .put("max", header.max()));
        }
        return JSON.writeValueAsString(root);
    }
}
