package io.perfkit.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The process that clears up when this JVM is gone, seen from this JVM.
 *
 * <p>A shutdown hook alone would leave servers behind after {@code kill -9}, a crash, or the end of a machine's
 * patience with a hanging build. So a small shell script ({@code reaper.sh}) runs beside the JVM, in a session of its
 * own and deaf to the signals of a terminal. It holds the reading end of a pipe whose writing end is this JVM's, and
 * is told through it what to end and to remove. The system closes the pipe when the JVM ends, whatever the reason;
 * then the script does its work. An orderly end takes the same way: the hook only closes the pipe and waits.
 *
 * <p>Each registration is acknowledged, so that what is registered before it comes into being cannot be missed. A
 * server process waits for a line from the JVM before it becomes the server (see {@code launch.sh}).
 */
final class Reaper {
    private static final Reaper INSTANCE = new Reaper();

    private final Map<String, String> registrations = new LinkedHashMap<>();
    private @Nullable Process process;
    private @Nullable Writer requests;
    private @Nullable BufferedReader answers;
    private boolean hooked;
    private boolean shutDown;

    private Reaper() {}

    static Reaper instance() {
        return INSTANCE;
    }

    /** Has a process ended with the JVM; {@code signal} (without SIG) is the one that makes it end at once. */
    synchronized void addProcess(long pid, String signal) {
        add("process " + pid, "process " + pid + " " + signal);
    }

    synchronized void removeProcess(long pid) {
        remove("process " + pid);
    }

    /** Has a directory removed with the JVM. */
    synchronized void addDirectory(Path directory) {
        String path = directory.toAbsolutePath().toString();
        if (path.indexOf('\n') >= 0) {
            throw new TestServerException("the path of a server's directory must not have a line break: " + path);
        }
        add("directory " + path, "directory " + path);
    }

    synchronized void removeDirectory(Path directory) {
        remove("directory " + directory.toAbsolutePath());
    }

    /** Whether it will remove this directory. */
    synchronized boolean knows(Path directory) {
        return registrations.containsKey("directory " + directory.toAbsolutePath());
    }

    private void add(String key, String line) {
        if (shutDown) {
            throw new TestServerException("no server can be started while the JVM is shutting down");
        }
        registrations.put(key, line);
        try {
            if (process == null) {
                launch();
            } else {
                tell("+" + line);
            }
        } catch (IOException gone) {
            relaunch(gone);
        }
    }

    private void remove(String key) {
        if (registrations.remove(key) == null || shutDown) {
            return;
        }
        try {
            tell("-" + key);
        } catch (IOException gone) {
            relaunch(gone);
        }
    }

    /** Someone has killed the reaper: a new one takes over. */
    private void relaunch(IOException reason) {
        if (process != null) {
            process.destroyForcibly();
        }
        try {
            launch();
        } catch (IOException e) {
            e.addSuppressed(reason);
            throw new TestServerException("the process that clears up after this JVM cannot be started: " + e, e);
        }
    }

    private void launch() throws IOException {
        Process started = new ProcessBuilder(launching(List.of("/bin/sh", script("reaper.sh"))))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process = started;
        requests = started.outputWriter(StandardCharsets.UTF_8);
        answers = started.inputReader(StandardCharsets.UTF_8);
        if (!hooked) {
            hooked = true;
            Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown, "perfkit-testkit-shutdown"));
        }
        requests.write("go\n");
        for (String line : registrations.values()) {
            tell("+" + line);
        }
    }

    private void tell(String line) throws IOException {
        Writer writer = requests;
        BufferedReader reader = answers;
        if (writer == null || reader == null) {
            throw new IOException("not started");
        }
        writer.write(line + "\n");
        writer.flush();
        if (!"ok".equals(reader.readLine())) {
            throw new IOException("no answer");
        }
    }

    /** What the hook does: the end of the pipe, then a while for the reaper to finish. */
    private synchronized void shutDown() {
        shutDown = true;
        Process running = process;
        Writer writer = requests;
        if (running == null || writer == null) {
            return;
        }
        try {
            writer.close();
            running.waitFor(15, TimeUnit.SECONDS);
        } catch (IOException e) {
            running.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The command that runs {@code command} once this JVM has written a line to it, in a session of its own. */
    static List<String> launching(List<String> command) {
        List<String> launching = new ArrayList<>(List.of("/bin/sh", script("launch.sh")));
        launching.addAll(command);
        return launching;
    }

    private static String script(String name) {
        return Scripts.DIRECTORY.resolve(name).toString();
    }

    private static final class Scripts {
        static final Path DIRECTORY = Binaries.scripts();
    }
}
