package io.perfkit.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A new user copies these steps as they are. That their code runs and prints this, {@code CacheExample} checks. */
class FirstStepsTest {

    private static final String PAGE = Tree.read(Tree.ROOT.resolve("docs/first-steps.md"));

    @Test
    void output_ofThePage_isWhatTheExampleIsCheckedAgainst() {
        String example = Tree.read(Tree.ROOT.resolve(
                "perf-examples/plain/cache/src/main/java/io/perfkit/examples/plain/CacheExample.java"));
        assertThat(block("text").lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(example.lines()).contains(" ".repeat(12) + line));
    }

    @Test
    void source_ofThePage_isTheWholeFile() {
        assertThat(block("java"))
                .isEqualTo(Tree.read(Tree.ROOT.resolve("perf-examples/plain/cache/src/main/java/shop/Main.java")));
    }

    @Test
    void version_ofThePage_isTheProjects() {
        Matcher version = Pattern.compile("<artifactId>perfkit</artifactId>\\s*<version>([^<]+)<")
                .matcher(Tree.read(Tree.ROOT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(block("xml")).contains("<version>" + version.group(1) + "</version>");
        assertThat(PAGE).contains("`" + version.group(1) + "`");
    }

    private static String block(String language) {
        Matcher block = Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(PAGE);
        assertThat(block.find()).as("a block of %s", language).isTrue();
        return block.group(1);
    }
}
