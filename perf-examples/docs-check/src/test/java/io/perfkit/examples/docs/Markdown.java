package io.perfkit.examples.docs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What stands in a page outside of its fenced blocks. */
final class Markdown {

    /** A heading, with its number of {@code #}. */
    record Heading(int level, String text) {}

    /**
     * A table: the cells of its head and of its rows, and the text of the paragraph or heading before it.
     *
     * @param ruled whether a line of dashes stands below the head; without it, a reader sees bars and no table
     */
    record Table(String before, List<String> head, boolean ruled, List<List<String>> rows) {}

    private static final Pattern FENCED = Pattern.compile("^```.*?^```$", Pattern.MULTILINE | Pattern.DOTALL);
    /** GitHub splits at every bar that is not escaped, within code too. */
    private static final Pattern BORDER = Pattern.compile("(?<!\\\\)\\|");

    private static final Pattern RULE = Pattern.compile("\\|(\\s*:?-+:?\\s*\\|)+");

    private final List<String> lines;

    private Markdown(List<String> lines) {
        this.lines = lines;
    }

    static Markdown of(Path page) {
        return parse(Tree.read(Tree.ROOT.resolve(page)));
    }

    static Markdown parse(String text) {
        return new Markdown(FENCED.matcher(text).replaceAll("").lines().toList());
    }

    List<String> lines() {
        return lines;
    }

    List<Heading> headings() {
        return lines.stream()
                .filter(line -> line.matches("#{1,6} .*"))
                .map(line -> new Heading(
                        line.indexOf(' '), line.substring(line.indexOf(' ')).strip()))
                .toList();
    }

    /** The anchors of the headings, as GitHub makes them. */
    Set<String> anchors() {
        Map<String, Integer> seen = new HashMap<>();
        Set<String> anchors = new LinkedHashSet<>();
        for (Heading heading : headings()) {
            String anchor = heading.text()
                    .replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-');
            int times = seen.merge(anchor, 1, Integer::sum);
            anchors.add(times == 1 ? anchor : anchor + "-" + (times - 1));
        }
        return anchors;
    }

    List<Table> tables() {
        List<Table> tables = new ArrayList<>();
        String before = "";
        for (int i = 0; i < lines.size(); ) {
            if (!lines.get(i).startsWith("|")) {
                before = lines.get(i).isBlank() ? before : lines.get(i);
                i++;
                continue;
            }
            int from = i;
            while (i < lines.size() && lines.get(i).startsWith("|")) {
                i++;
            }
            List<String> block = lines.subList(from, i);
            boolean ruled = block.size() > 1 && RULE.matcher(block.get(1)).matches();
            List<List<String>> rows =
                    block.stream().skip(ruled ? 2 : 1).map(Markdown::cells).toList();
            tables.add(new Table(before, cells(block.get(0)), ruled, rows));
        }
        return tables;
    }

    private static List<String> cells(String line) {
        String[] cells = BORDER.split(line.strip(), -1);
        List<String> result = new ArrayList<>();
        for (int i = 1; i < cells.length - 1; i++) {
            result.add(cells[i].strip());
        }
        return result;
    }
}
