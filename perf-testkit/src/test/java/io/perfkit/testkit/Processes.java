package io.perfkit.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Looks at processes from outside, for tests. */
final class Processes {
    private Processes() {}

    /** Whether a process exists and is not merely a zombie that its parent has not yet buried. */
    static boolean runs(ProcessHandle handle) {
        if (!handle.isAlive()) {
            return false;
        }
        Commands.Outcome state = Files.isDirectory(Path.of("/proc/self"))
                ? Commands.shell("sed 's/.*) //' /proc/$1/stat", List.of(Long.toString(handle.pid())))
                : Commands.run("ps", "-o", "stat=", "-p", Long.toString(handle.pid()));
        return state.succeeded() && !state.output().startsWith("Z");
    }
}
