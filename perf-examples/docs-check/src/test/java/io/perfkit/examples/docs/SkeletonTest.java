package io.perfkit.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.examples.docs.Markdown.Heading;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has read one page finds the way through all others: the same opening, the same sections, in the same order. */
class SkeletonTest {

    private static final List<String> SECTIONS =
            List.of("Quick start", "Options", "Guarantees", "Limits", "Cost", "When not to use it");

    /** Names that these sections had. */
    private static final Set<String> SYNONYMS =
            Set.of("What it guarantees", "What is guaranteed", "Know before", "What it costs", "When not", "Settings");

    /** Pages about all artifacts, which are no concept of one. */
    private static final Set<String> GENERAL =
            Set.of("README.md", "benchmarks.md", "compatibility.md", "first-steps.md", "releasing.md");

    /** Pages that answer one question, with those sections that belong to it. */
    private static final Set<String> PARTS = Set.of(
            "cache-calls.md",
            "cache-freshness.md",
            "cache-outages.md",
            "cache-cost.md",
            "cache-migration.md",
            "findings.md",
            "budgets.md",
            "pagination-databases.md",
            "pool.md",
            "registry.md",
            "replicas.md");

    static Stream<Path> concepts() {
        return Tree.pages()
                .filter(page -> page.startsWith("docs") && page.getNameCount() == 2)
                .filter(page -> !GENERAL.contains(page.getFileName().toString()));
    }

    @ParameterizedTest
    @MethodSource("concepts")
    void page_ofAnyConcept_opensWithWhatWhenAndWhenNot(Path page) {
        List<String> opening = Markdown.of(page).lines().stream()
                .filter(line -> !line.isBlank())
                .limit(4)
                .toList();
        assertThat(opening.get(0)).startsWith("# perf-");
        assertThat(opening.get(1)).startsWith("- **What:** ");
        assertThat(opening.get(2)).startsWith("- **When:** ");
        assertThat(opening.get(3)).startsWith("- **When not:** ");
    }

    @ParameterizedTest
    @MethodSource("concepts")
    void page_ofAnyConcept_hasTheSectionsInTheirOrder(Path page) {
        List<String> sections = Markdown.of(page).headings().stream()
                .filter(heading -> heading.level() == 2)
                .map(Heading::text)
                .toList();
        List<String> common = sections.stream().filter(SECTIONS::contains).toList();
        boolean part = PARTS.contains(page.getFileName().toString());
        assertThat(common)
                .isEqualTo(part ? SECTIONS.stream().filter(common::contains).toList() : SECTIONS);
        assertThat(sections).doesNotContainAnyElementsOf(SYNONYMS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cache", "pagination", "batching", "monitoring", "connections"})
    void page_ofAnArtifact_givesItsCoordinatesInTheSameWay(String artifact) {
        assertThat(Tree.read(Tree.ROOT.resolve("docs/" + artifact + ".md"))).contains("""
                ## Quick start

                ```xml
                <dependency>
                  <groupId>io.perfkit</groupId>
                  <artifactId>perf-%s</artifactId>
                </dependency>
                ```

                The version comes from [perf-bom](compatibility.md#which-versions-your-build-gets).""".formatted(artifact));
    }

    @Test
    void words_thatAPlainReaderStumblesOver_areInNoPage() {
        List<String> words =
                List.of("in vain", "comes by a", "come by a", "whoever", "for so long", " dear ", " dear:");
        Tree.pages()
                .filter(page -> !page.toString().contains("adr") && !page.endsWith("CHANGELOG.md"))
                .forEach(page -> assertThat(words.stream()
                                .filter(String.join(" ", Markdown.of(page).lines())::contains))
                        .as("words in %s", page)
                        .isEmpty());
    }
}
