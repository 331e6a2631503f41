package io.perfkit.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Another JVM that runs {@link EveryServer}, in a process group of its own. */
final class ChildJvm implements AutoCloseable {
    /** A build that runs in the background ignores Ctrl-C, and so would the JVM, which inherits that. */
    private static final List<String> HEARING_INTERRUPTS = List.of(
            "/bin/sh",
            "-c",
            "if command -v perl > /dev/null; then exec perl -e '$SIG{INT} = \"DEFAULT\"; exec @ARGV' -- \"$@\"; fi;"
                    + " exec \"$@\"",
            "sh");

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private ChildJvm(Process process) {
        this.process = process;
        this.reader = new Thread(this::readLines, "child-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts {@code EveryServer} after the words of a prefix. */
    static ChildJvm start(List<String> prefix, List<String> options, String classPath, String mode) throws IOException {
        List<String> command = new ArrayList<>(HEARING_INTERRUPTS);
        command.addAll(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, EveryServer.class.getName(), mode));
        ProcessBuilder builder = new ProcessBuilder(Reaper.launching(command)).redirectErrorStream(true);
        builder.directory(Path.of("/").toFile());
        Process process = builder.start();
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        return new ChildJvm(process);
    }

    private void readLines() {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException ended) {
            // So has the output.
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /** What follows a word at the beginning of a line, for each line that begins with it. */
    List<String> values(String word) {
        return lines.stream()
                .filter(line -> line.startsWith(word + " "))
                .map(line -> line.substring(word.length() + 1))
                .toList();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Sends a signal to the whole process group, as a terminal does. */
    void signalGroup(String signal) {
        Commands.shell("kill -\"$1\" \"-$2\"", List.of(signal, Long.toString(process.pid())));
    }

    /** Waits for the end and returns the exit code. */
    int await() throws InterruptedException {
        if (!process.waitFor(50, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after 50 s: " + lines);
        }
        reader.join();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
