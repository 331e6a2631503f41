package io.perfkit.connections.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every Java block of the page is compiled code. */
class ConnectionsDocsTest {
    private static final Path PAGE = Path.of("../docs/connections.md");
    private static final Path SOURCE = Path.of("src/test/java/io/perfkit/connections/docs/ConnectionsDocs.java");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void page_javaBlocks_areInTheCompiledSource() throws IOException {
        String source = withoutIndentation(Files.readString(SOURCE));
        List<String> blocks = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(match -> withoutIndentation(match.group(1)))
                .toList();
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(5);
        assertThat(blocks).allSatisfy(block -> assertThat(source).contains(block));
    }

    private static String withoutIndentation(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
