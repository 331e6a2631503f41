package io.perfkit.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Turns what the system or a server said into one line. */
final class Diagnosis {
    private static final int LAST_LINES = 5;

    private Diagnosis() {}

    /** What an exception says, without the path, which the caller's message names. */
    static String of(IOException e) {
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason();
        }
        String name = e.getClass().getSimpleName().replace("Exception", "").replaceAll("(?<=[a-z])(?=[A-Z])", " ");
        return e instanceof FileSystemException || e.getMessage() == null
                ? name.toLowerCase(Locale.ROOT)
                : e.getMessage();
    }

    static boolean isDiskFull(String output) {
        return output.contains("No space left on device") || output.contains("Disk quota exceeded");
    }

    static boolean isPortInUse(String output) {
        return output.contains("Address already in use") || output.contains("Address in use");
    }

    /** The last lines that a program wrote, in one. */
    static String lastWords(String output) {
        List<String> lines = output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return lines.isEmpty()
                ? "it wrote nothing"
                : "its last words: "
                        + String.join(" | ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    /** What is in a log file, or nothing if there is none. */
    static String read(Path log) {
        try {
            return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
