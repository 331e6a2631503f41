package io.perfkit.cache.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The patches of {@code src/test/mutations/run} fit the sources they break; a patch that no longer does shows nothing. */
class MutationsTest {

    private static final Path PATCHES = Path.of("src/test/mutations");

    static Stream<Path> patches() throws IOException {
        try (Stream<Path> files = Files.list(PATCHES)) {
            return files.filter(file -> file.toString().endsWith(".patch")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("patches")
    void patch_ofARule_fitsTheSources(Path patch) throws IOException {
        String source = "";
        List<Hunk> hunks = new ArrayList<>();
        for (String line : Files.readAllLines(patch)) {
            if (line.startsWith("--- a/")) {
                source = Files.readString(Path.of(line.substring("--- a/".length())));
            } else if (line.startsWith("@@")) {
                hunks.add(new Hunk(source, new ArrayList<>()));
            } else if (!hunks.isEmpty() && (line.startsWith(" ") || line.startsWith("-"))) {
                hunks.get(hunks.size() - 1).before().add(line.substring(1));
            }
        }
        assertThat(hunks).isNotEmpty();
        for (Hunk hunk : hunks) {
            assertThat(hunk.source()).contains(String.join("\n", hunk.before()));
        }
    }

    /** A piece of a source, and the lines that a patch takes for a part of it. */
    private record Hunk(String source, List<String> before) {}
}
