package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However a JVM with servers ends, no process and no directory is left. */
@Timeout(120)
class KilledJvmIT {
    /** Apart from the ordinary one, so that whatever mentions it belongs to the JVM of the test. */
    private Path workspace;

    @BeforeEach
    void createWorkspace() throws IOException {
        Path binaries = Workspace.instance().binaries();
        workspace = Files.createTempDirectory(binaries.getParent(), "killed-");
        // Unpacking everything again would take longer than the test.
        Files.createSymbolicLink(workspace.resolve("binaries"), binaries);
    }

    @AfterEach
    void removeWorkspace() {
        Workspace.deleteTree(workspace);
    }

    @Test
    void killOfTheJvm_everyServerRunning_leavesNothing() throws Exception {
        endAndCheck("all", ChildJvm::kill);
    }

    @Test
    void killOfTheProcessGroup_serversRunning_leavesNothing() throws Exception {
        endAndCheck("some", jvm -> jvm.signalGroup("KILL"));
    }

    @Test
    void terminationOfTheProcessGroup_serversRunning_leavesNothing() throws Exception {
        endAndCheck("some", jvm -> jvm.signalGroup("TERM"));
    }

    @Test
    void interruptOfTheProcessGroup_serversRunning_leavesNothing() throws Exception {
        // Whoever starts the build in the background of a shell has it ignored, and so have all processes below.
        assumeTrue(
                Commands.shell(
                                "[ ! -r /proc/self/status ] || grep -q '^SigIgn:.*[014589cd].$' /proc/self/status",
                                List.of())
                        .succeeded(),
                "SIGINT is ignored in this build");
        endAndCheck("some", jvm -> jvm.signalGroup("INT"));
    }

    @Test
    void killOfTheJvm_whileServersStart_leavesNothing() throws Exception {
        try (ChildJvm jvm = start("all")) {
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> remains().size() >= 3 || !jvm.isAlive());
            assertThat(jvm.isAlive()).as("alive after %s", jvm.lines()).isTrue();

            jvm.kill();

            assertNothingIsLeft(jvm);
        }
    }

    private void endAndCheck(String mode, Consumer<ChildJvm> end) throws Exception {
        try (ChildJvm jvm = start(mode)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> jvm.lines().contains("ready") || !jvm.isAlive());
            assertThat(jvm.lines()).as("output").contains("ready");
            assertThat(jvm.values("pid")).hasSizeGreaterThan(3);
            assertThat(processesOfWorkspace()).isNotEmpty();
            assertThat(remains()).isNotEmpty();

            end.accept(jvm);

            assertNothingIsLeft(jvm);
        }
    }

    private ChildJvm start(String mode) throws IOException {
        return ChildJvm.start(
                List.of(),
                List.of("-D" + Workspace.PROPERTY + "=" + workspace),
                System.getProperty("java.class.path"),
                mode);
    }

    private void assertNothingIsLeft(ChildJvm jvm) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(processesOfWorkspace()).isEmpty();
            assertThat(jvm.values("pid"))
                    .noneMatch(pid -> ProcessHandle.of(Long.parseLong(pid))
                            .map(Processes::runs)
                            .orElse(false));
            assertThat(remains()).isEmpty();
        });
    }

    /** Servers, the reaper, and the JVM itself: all name the workspace in their command lines. */
    private List<String> processesOfWorkspace() {
        return ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(workspace.toString()))
                .toList();
    }

    private List<Path> remains() throws IOException {
        Path run = workspace.resolve("run");
        if (!Files.exists(run)) {
            return List.of();
        }
        try (Stream<Path> directories = Files.list(run)) {
            return directories.toList();
        }
    }
}
