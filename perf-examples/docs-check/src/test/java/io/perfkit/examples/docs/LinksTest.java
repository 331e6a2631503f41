package io.perfkit.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every link within the project leads to a file that is there, and to a heading that is in it. */
class LinksTest {

    private static final Pattern LINK = Pattern.compile("(?<!`)\\[[^]]*]\\(([^)#\\s]*)(#[^)\\s]*)?\\)");

    static Stream<Path> pages() {
        return Tree.pages();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void link_ofAnyPage_leadsToAFileAndAHeading(Path page) {
        List<String> broken = Markdown.of(page).lines().stream()
                .flatMap(line -> LINK.matcher(line).results())
                .flatMap(link -> fault(page, link.group(1), link.group(2)).stream())
                .toList();
        assertThat(broken).as("links of %s", page).isEmpty();
    }

    /** A page that no index names is not found by anybody. */
    @Test
    void page_ofTheDocs_isLinkedFromTheIndex() {
        Path index = Path.of("docs/README.md");
        Set<Path> linked = Markdown.of(index).lines().stream()
                .flatMap(line -> LINK.matcher(line).results())
                .map(link -> link.group(1))
                .filter(target -> !target.contains("://"))
                .map(target -> index.resolveSibling(target).normalize())
                .collect(Collectors.toSet());
        List<Path> pages = Tree.pages()
                .filter(page -> page.startsWith("docs") && page.getNameCount() == 2)
                .filter(page -> !page.equals(index))
                .toList();
        assertThat(linked).containsAll(pages);
    }

    @Test
    void link_toWhatIsNotThere_isFound() {
        Path page = Path.of("docs/README.md");
        assertThat(fault(page, "no-such-page.md", null)).isPresent();
        assertThat(fault(page, "../README.md", "#no-such-heading")).isPresent();
        assertThat(fault(page, "", "#no-such-heading")).isPresent();
        assertThat(fault(page, "../README.md", "#run-it")).isEmpty();
        assertThat(Markdown.parse("# A `b` of c: d, e\n## Two\n## Two\n").anchors())
                .containsExactly("a-b-of-c-d-e", "two", "two-1");
        Matcher link = LINK.matcher("see [the *page*](page.md#part).");
        assertThat(link.find()).isTrue();
        assertThat(link.group(1) + link.group(2)).isEqualTo("page.md#part");
    }

    private static Optional<String> fault(Path page, String target, String anchor) {
        if (target.contains("://") || target.startsWith("mailto:")) {
            return Optional.empty();
        }
        Path file = target.isEmpty() ? page : page.resolveSibling(target).normalize();
        if (!Files.exists(Tree.ROOT.resolve(file))) {
            return Optional.of(target + ": no such file");
        }
        if (anchor == null || !file.toString().endsWith(".md")) {
            return Optional.empty();
        }
        String heading = URLDecoder.decode(anchor.substring(1), StandardCharsets.UTF_8);
        return Markdown.of(file).anchors().contains(heading)
                ? Optional.empty()
                : Optional.of(target + anchor + ": no such heading");
    }
}
