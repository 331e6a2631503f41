package io.perfkit.connections.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every Java block of the pages is compiled code. */
class ConnectionsDocsTest {
    private static final List<String> PAGES = List.of("connections.md", "pool.md", "registry.md", "replicas.md");
    private static final List<String> SOURCES = List.of("ConnectionsDocs.java", "WebSocketDocs.java");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void pages_javaBlocks_areInTheCompiledSource() throws IOException {
        StringBuilder sources = new StringBuilder();
        for (String name : SOURCES) {
            sources.append(
                    withoutIndentation(Files.readString(Path.of("src/test/java/io/perfkit/connections/docs", name))));
        }
        String source = sources.toString();
        List<String> blocks = new ArrayList<>();
        for (String page : PAGES) {
            BLOCK.matcher(Files.readString(Path.of("../docs", page)))
                    .results()
                    .forEach(match -> blocks.add(withoutIndentation(match.group(1))));
        }
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(6);
        assertThat(blocks).allSatisfy(block -> assertThat(source).contains(block));
    }

    private static String withoutIndentation(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
