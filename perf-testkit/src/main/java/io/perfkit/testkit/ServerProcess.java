package io.perfkit.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One run of a server program, with the processes that descend from it. The reaper knows of it before it starts.
 *
 * <p>Not safe for use by several threads; its server takes care of that.
 */
final class ServerProcess {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Process process;

    private ServerProcess(Process process) {
        this.process = process;
    }

    /**
     * Runs a command.
     *
     * @param log gets what it writes; what was in it before is lost
     * @param directory its working directory
     * @param environment added to the JVM's own
     * @param quitSignal the signal, without SIG, that makes it end at once
     */
    static ServerProcess launch(
            List<String> command, Path log, Path directory, Map<String, String> environment, String quitSignal)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Reaper.launching(command))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            Reaper.instance().addProcess(process.pid(), quitSignal);
        } catch (TestServerException e) {
            process.destroyForcibly();
            throw e;
        }
        try (OutputStream start = process.getOutputStream()) {
            start.write('\n');
        }
        return new ServerProcess(process);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Tells the reaper, after the end, that there is nothing left to do. */
    void forget() {
        Reaper.instance().removeProcess(process.pid());
    }

    /** Sends a signal, named without SIG, to the server itself. */
    void signal(String signal) {
        if (process.isAlive()) {
            Commands.signal(signal, List.of(process.pid()));
        }
    }

    /** Kills the whole family, and returns when all of it is gone. */
    void kill() {
        // Stopped, the server cannot bear another child between the look at its family and its end.
        signal("STOP");
        List<ProcessHandle> family = family();
        family.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        await("killed", () -> !process.isAlive() && family.stream().noneMatch(ServerProcess::runs));
    }

    /** Stops the whole family in its tracks, and returns when none of it moves. */
    void pause() {
        signal("STOP");
        List<Long> descendants = process.descendants().map(ProcessHandle::pid).toList();
        Commands.signal("STOP", descendants);
        List<Long> all = new ArrayList<>(descendants);
        all.add(process.pid());
        await("paused", () -> all.stream().allMatch(pid -> "TZ-".indexOf(state(pid)) >= 0));
    }

    /** Lets the whole family go on. */
    void resume() {
        List<Long> all = new ArrayList<>();
        process.descendants().forEach(each -> all.add(each.pid()));
        all.add(process.pid());
        Commands.signal("CONT", all);
    }

    /** Waits for the server itself to end; false if it takes longer. */
    boolean awaitExit(long timeout, TimeUnit unit) {
        try {
            return process.waitFor(timeout, unit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestServerException("interrupted while waiting for process " + pid() + " to end", e);
        }
    }

    /** Waits until none of the processes that descend from the server is left, after its end. */
    static void awaitGone(List<ProcessHandle> family) {
        await("gone", () -> family.stream().noneMatch(ServerProcess::runs));
    }

    List<ProcessHandle> family() {
        List<ProcessHandle> family = new ArrayList<>();
        process.descendants().forEach(family::add);
        return family;
    }

    private static boolean runs(ProcessHandle handle) {
        return handle.isAlive() && "Z-".indexOf(state(handle.pid())) < 0;
    }

    /** The state letter of a process as {@code ps} shows it: T is stopped, Z is dead but not yet buried, - is gone. */
    private static char state(long pid) {
        Path stat = Path.of("/proc/" + pid + "/stat");
        if (Files.isDirectory(Path.of("/proc/self"))) {
            try {
                String line = Files.readString(stat);
                return line.charAt(line.lastIndexOf(')') + 2);
            } catch (IOException gone) {
                return '-';
            }
        }
        String state =
                Commands.run("ps", "-o", "stat=", "-p", Long.toString(pid)).output();
        return state.isEmpty() ? '-' : state.charAt(0);
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new TestServerException("a server was not " + what + " within 30 s");
            }
            pauseBriefly();
        }
    }

    static void pauseBriefly() {
        sleep(Duration.ofMillis(5));
    }

    static void sleep(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestServerException("interrupted while waiting for a server", e);
        }
    }
}
