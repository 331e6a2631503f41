package io.perfkit.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs short commands of the system and reads what they print. */
final class Commands {
    private Commands() {}

    /** What a command printed, both streams together, and how it ended. */
    record Outcome(int exitCode, String output) {
        boolean succeeded() {
            return exitCode == 0;
        }
    }

    /** Runs a command to its end. One that does not exist has the exit code 127, as in a shell. */
    static Outcome run(List<String> command) {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .start();
        } catch (IOException e) {
            return new Outcome(127, String.valueOf(e.getMessage()));
        }
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), text.strip());
        } catch (IOException e) {
            process.destroyForcibly();
            throw new TestServerException("the output of " + command.get(0) + " could not be read", e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new TestServerException("interrupted while waiting for " + command.get(0), e);
        }
    }

    static Outcome run(String... command) {
        return run(Arrays.asList(command));
    }

    /** Runs a command in the shell, with arguments {@code $1} and so on. */
    static Outcome shell(String script, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
        command.addAll(arguments);
        return run(command);
    }

    /** Sends a signal, named without SIG, to processes. Those that are gone are passed over. */
    static void signal(String signal, List<Long> pids) {
        if (pids.isEmpty()) {
            return;
        }
        List<String> arguments = new ArrayList<>();
        arguments.add(signal);
        pids.forEach(pid -> arguments.add(Long.toString(pid)));
        shell("name=$1; shift; for pid; do kill -s \"$name\" \"$pid\"; done 2>/dev/null; true", arguments);
    }
}
