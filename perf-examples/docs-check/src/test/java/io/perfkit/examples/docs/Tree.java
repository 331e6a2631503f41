package io.perfkit.examples.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The files of the project. */
final class Tree {

    static final Path ROOT = root();

    private Tree() {}

    /** The Markdown pages of the project, from its root. */
    static Stream<Path> pages() {
        return files(ROOT, ".md").map(ROOT::relativize).sorted();
    }

    /** The files below a folder whose names end so, but nothing that a build has made. */
    static Stream<Path> files(Path from, String ending) {
        try (Stream<Path> all = Files.walk(from)) {
            return all
                    .filter(path -> path.toString().endsWith(ending))
                    .filter(path -> Stream.of("target", ".git", "node_modules")
                            .noneMatch(skipped -> contains(from.relativize(path), skipped)))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sources of what is published. */
    static Stream<Path> mainSources() {
        return files(ROOT, ".java")
                .filter(path -> ROOT.relativize(path).toString().matches("perf-[\\w-]+/src/main/.*"))
                .filter(path -> !contains(path, "perf-testkit") && !contains(path, "perf-benchmarks"));
    }

    static boolean contains(Path path, String name) {
        for (Path part : path) {
            if (part.toString().equals(name)) {
                return true;
            }
        }
        return false;
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(".mvn"))) {
                return folder;
            }
        }
        throw new IllegalStateException(
                "no folder with .mvn above " + Path.of("").toAbsolutePath());
    }
}
