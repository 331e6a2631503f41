package io.perfkit.monitoring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every Java block of the documentation is in a compiled source, apart from indentation. */
class DocsTest {
    private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @Test
    void javaBlocks_areCompiled() throws IOException {
        String sources = "";
        try (Stream<Path> files = Files.list(Path.of("src/test/java/io/perfkit/monitoring/docs"))) {
            for (Path file : files.toList()) {
                sources += plain(Files.readString(file));
            }
        }
        List<String> blocks = new ArrayList<>();
        for (String page : List.of("monitoring", "findings", "budgets")) {
            blocks.addAll(blocks(Files.readString(Path.of("../docs/" + page + ".md"))));
        }
        assertThat(blocks).hasSizeGreaterThan(5);
        for (String block : blocks) {
            assertThat(sources.contains(plain(block))).as(block).isTrue();
        }
    }

    private static List<String> blocks(String markdown) {
        List<String> blocks = new ArrayList<>();
        for (Matcher matcher = BLOCK.matcher(markdown); matcher.find(); ) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    private static String plain(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).reduce("", (a, b) -> a + b + "\n");
    }
}
