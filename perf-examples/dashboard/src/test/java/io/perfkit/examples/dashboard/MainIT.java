package io.perfkit.examples.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a user starts it, with what can go wrong before anything is measured. */
class MainIT {

    @TempDir
    Path directory;

    private record Outcome(int status, String out, String err) {}

    @Test
    void main_help_printsTheUsage() throws Exception {
        Outcome outcome = run("--help");

        assertThat(outcome).isEqualTo(new Outcome(0, Options.USAGE, ""));
    }

    @Test
    void main_unknownArgument_isOneLineAndStatusTwo() throws Exception {
        assertThat(run("--sclae", "2"))
                .isEqualTo(new Outcome(2, "", "dashboard: unknown argument '--sclae' (--help lists the options)\n"));
    }

    @Test
    void main_portInUse_isOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Outcome outcome = run("--port", Integer.toString(taken.getLocalPort()));

            assertThat(outcome)
                    .isEqualTo(new Outcome(
                            1,
                            "",
                            "dashboard: port " + taken.getLocalPort()
                                    + " is in use; choose another with --port, or --port 0 for any free one\n"));
        }
    }

    @Test
    void main_dataDirectoryThatIsNotThere_isOneLine() throws Exception {
        Outcome outcome = run("--data-dir", directory.resolve("nowhere").toString());

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err().lines())
                .singleElement()
                .asString()
                .startsWith("dashboard: the data directory ")
                .contains("nowhere does not exist");
    }

    @Test
    void main_reportThatCannotBeWritten_isOneLineBeforeAnyWork() throws Exception {
        Outcome outcome = run("--report", directory.resolve("nowhere/r.html").toString());

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().lines()).singleElement().asString().contains("cannot be written");
    }

    @Test
    void main_tooFewFileDescriptors_isOneLineThatSaysHowToRaiseThem() throws Exception {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "ulimit -n 400; exec \"$@\"", "sh"));
        command.addAll(java("--quick"));
        Outcome outcome = start(command);

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err().lines())
                .singleElement()
                .asString()
                .startsWith("dashboard: too few file descriptors")
                .contains("400 allowed", "ulimit -n");
    }

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        return start(java(arguments));
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private Outcome start(List<String> command) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), read(out), read(err));
    }

    private static String read(Path file) throws IOException {
        return new String(java.nio.file.Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
