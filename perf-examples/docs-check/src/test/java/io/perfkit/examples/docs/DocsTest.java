package io.perfkit.examples.docs;

import static io.perfkit.examples.docs.Tree.ROOT;
import static io.perfkit.examples.docs.Tree.files;
import static io.perfkit.examples.docs.Tree.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a reader sees is what the compiler saw: every page of README and docs against the tree it describes. */
class DocsTest {
    private static final Pattern FENCE = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    /** Sources a snippet may come from: examples, and the tests that exist for the docs. */
    private static final List<String> COMPILED = sources();

    @ParameterizedTest
    @MethodSource("io.perfkit.examples.docs.Tree#pages")
    void javaBlock_ofAnyPage_standsInACompiledSource(Path page) {
        List<String> strays = blocks(read(ROOT.resolve(page)), "java")
                .filter(block -> COMPILED.stream().noneMatch(source -> source.contains(flat(block))))
                .toList();
        assertThat(strays)
                .as("java blocks of %s that no compiled source contains", page)
                .isEmpty();
    }

    @Test
    void readme_ofTheProject_hasTheTwoCommands() {
        String readme = read(ROOT.resolve("README.md"));
        assertThat(commandUnder(readme, "## Run it")).containsExactly("perf-examples/dashboard/run");
        assertThat(commandUnder(readme, "## Test it")).containsExactly("mvn -B verify");
        assertThat(ROOT.resolve("perf-examples/dashboard/run")).isExecutable();
    }

    @Test
    void ci_ofTheProject_callsTheReadmesTestCommandLast() {
        List<String> script =
                read(ROOT.resolve(".ci/run")).lines().filter(l -> !l.isBlank()).toList();
        assertThat(script.get(script.size() - 1)).isEqualTo("mvn -B verify");
    }

    @Test
    void benchmarkLine_ofTheBoundsFile_isExplained() {
        String page = read(ROOT.resolve("docs/benchmarks.md"));
        Pattern explained =
                Pattern.compile("^\\| `(\\w+[.][\\w.]+)` \\| [^|]*\\w+ \\w+ \\w+[^|]* \\|$", Pattern.MULTILINE);
        List<String> names =
                explained.matcher(page).results().map(row -> row.group(1)).toList();
        List<String> lines = read(ROOT.resolve(
                        "perf-benchmarks/src/main/resources/io/perfkit/benchmarks/benchmark-lines.tsv"))
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.substring(0, line.indexOf('\t')))
                .distinct()
                .toList();
        assertThat(names).containsExactlyInAnyOrderElementsOf(lines);
    }

    private static List<String> commandUnder(String readme, String heading) {
        Matcher section = Pattern.compile(
                        "^" + Pattern.quote(heading) + "$(.*?)(?=^## |\\z)", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(readme);
        assertThat(section.find()).as("README has the heading %s", heading).isTrue();
        List<String> fenced = new ArrayList<>();
        FENCE.matcher(section.group(1))
                .results()
                .filter(block -> block.group(1).equals("sh"))
                .forEach(block -> fenced.add(block.group(2).strip()));
        return fenced;
    }

    private static Stream<String> blocks(String markdown, String language) {
        return FENCE.matcher(markdown)
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2));
    }

    private static List<String> sources() {
        return files(ROOT, ".java")
                .filter(DocsTest::isSnippetSource)
                .map(path -> flat(read(path)))
                .toList();
    }

    /** White space is layout: the formatter breaks lines elsewhere than a page does. */
    private static String flat(String code) {
        return code.lines()
                .map(line -> line.replaceFirst("\\s+//.*$|^\\s*//.*$", ""))
                .collect(Collectors.joining("\n"))
                .replaceAll("\\s+", "");
    }

    private static boolean isSnippetSource(Path path) {
        Path relative = ROOT.relativize(path);
        return relative.startsWith("perf-examples") || Tree.contains(relative, "docs");
    }
}
