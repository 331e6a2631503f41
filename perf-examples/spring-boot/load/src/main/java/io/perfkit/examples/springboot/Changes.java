package io.perfkit.examples.springboot;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What was changed in the clinic, as {@code diff} tells it.
 *
 * @param lines of the unified difference
 */
record Changes(List<String> lines) {

    /**
     * Compares both sides: their sources, their properties and what they depend on.
     *
     * @param folder that of {@code perf-examples/spring-boot}
     * @return the difference
     */
    static Changes of(Path folder) {
        try {
            Process diff = new ProcessBuilder(
                            "diff", "-ruN", "--exclude=target", "--unidirectional-new-file", "before", "after")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(diff.getInputStream(), StandardCharsets.UTF_8))) {
                return new Changes(lines.lines().toList());
            }
        } catch (IOException e) {
            throw new Trouble("the sides cannot be compared: " + e.getMessage() + "; install diff (diffutils)");
        }
    }

    long added() {
        return lines.stream().filter(line -> line.matches("\\+(?!\\+\\+ ).*")).count();
    }

    long removed() {
        return lines.stream().filter(line -> line.matches("-(?!-- ).*")).count();
    }
}
