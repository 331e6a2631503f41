package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReaperIT {
    @Test
    void launch_jvmGoneBeforeTheServerIsRegistered_startsNothing(@TempDir Path directory) throws Exception {
        Path trace = directory.resolve("trace");
        Process process = touch(trace);

        // What the system does with the pipe when the JVM ends.
        process.getOutputStream().close();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(125);
        assertThat(trace).doesNotExist();
    }

    @Test
    void launch_serverRegistered_startsItUnderTheSameProcessNumber(@TempDir Path directory) throws Exception {
        Path trace = directory.resolve("trace");
        Process process = touch(trace);

        process.getOutputStream().write('\n');
        process.getOutputStream().close();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(trace).hasContent(Long.toString(process.pid()));
    }

    @Test
    void signals_ofATerminal_leaveTheReaperAtWork() {
        try (RedisServer first = RedisServer.startNew()) {
            ProcessHandle reaper = reaper();
            for (String signal : List.of("INT", "TERM", "HUP", "QUIT")) {
                Commands.signal(signal, List.of(reaper.pid()));
            }

            // Each start is acknowledged by the reaper, which handles signals before that.
            try (RedisServer second = RedisServer.startNew()) {
                assertThat(first.isRunning() && second.isRunning()).isTrue();
            }

            assertThat(Processes.runs(reaper)).isTrue();
            assertThat(reaper()).isEqualTo(reaper);
        }
    }

    @Test
    void kill_ofTheReaper_anotherTakesOverWithTheNextServer() {
        try (RedisServer first = RedisServer.startNew()) {
            ProcessHandle killed = reaper();
            killed.destroyForcibly();
            await().until(() -> !Processes.runs(killed));

            try (RedisServer second = RedisServer.startNew()) {
                assertThat(second.command("PING")).isEqualTo("PONG");
                assertThat(reaper()).isNotEqualTo(killed);
                assertThat(Reaper.instance().knows(first.serverDirectory())).isTrue();
            }
        }
    }

    private static Process touch(Path trace) throws IOException {
        return new ProcessBuilder(Reaper.launching(List.of("/bin/sh", "-c", "printf %s $$ >\"$0\"", trace.toString())))
                .start();
    }

    private static ProcessHandle reaper() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains("reaper.sh"))
                .filter(Processes::runs)
                .findFirst()
                .orElseThrow();
    }
}
