package io.perfkit.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The life of a server that is one process with one data directory: what all servers of the test kit have in common.
 *
 * <p>The server directory holds the log and the configuration. It is apart from the data directory so that a full disk
 * under the data can still be reported.
 */
abstract class ProcessServer implements TestServer {
    private static final int PORT_ATTEMPTS = 20;
    private static final long START_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long STOP_PATIENCE_SECONDS = 30;
    private static final long QUIT_PATIENCE_SECONDS = 5;

    private final String product;
    private final Path serverDirectory;
    private final Path dataParent;
    private final Path dataHome;
    private volatile int port;
    private volatile @Nullable ServerProcess process;
    private volatile boolean closed;
    private boolean paused;

    /**
     * A server that does not run yet.
     *
     * @param product what it is called in messages
     * @param kind the same in the name of its directory
     * @param dataParent where its data directory is made; null for beside the log
     */
    ProcessServer(String product, String kind, @Nullable Path dataParent) {
        this.product = product;
        this.serverDirectory = Workspace.instance().createRunDirectory(kind);
        this.dataParent = dataParent == null ? serverDirectory : dataParent;
        try {
            this.dataHome = dataParent == null ? serverDirectory : Workspace.createRegistered(dataParent, kind);
        } catch (TestServerException e) {
            Workspace.removeRegistered(serverDirectory);
            throw e;
        }
    }

    /** Makes the data directory of a server without data; at first start and after {@link #startEmpty}. */
    abstract void createData() throws IOException;

    /** The command that runs the server in the foreground. */
    abstract List<String> command();

    /** Whether the process, which is alive, answers. */
    abstract boolean isReady(ServerProcess candidate);

    /** The signal that stops it in order, without waiting for clients. */
    abstract String stopSignal();

    /** The signal that ends it at once, without leaving anything of the system's in use. */
    abstract String quitSignal();

    /** The environment of the server, beyond the JVM's. */
    Map<String, String> environment() {
        return Map.of("LC_ALL", "C");
    }

    final Path serverDirectory() {
        return serverDirectory;
    }

    /** The directory that was chosen for the data directory to be made in. */
    final Path dataParent() {
        return dataParent;
    }

    /** Where the data is; the server program makes it. */
    final Path dataDirectory() {
        return dataHome.resolve("data");
    }

    private Path log() {
        return serverDirectory.resolve("server.log");
    }

    /** What the server has written since its last start. */
    final String output() {
        return Diagnosis.read(log());
    }

    /** Starts the server for the first time. If that fails, nothing is left of it. */
    final synchronized void startFirst(int wantedPort) {
        try {
            if (wantedPort != 0 && !Ports.isFree(wantedPort)) {
                throw portInUse(wantedPort);
            }
            create();
            for (int attempt = 1; ; attempt++) {
                port = wantedPort != 0 ? wantedPort : Ports.findFree();
                try {
                    launch();
                    return;
                } catch (PortInUseException e) {
                    if (wantedPort != 0 || attempt == PORT_ATTEMPTS) {
                        throw e;
                    }
                }
            }
        } catch (RuntimeException e) {
            try {
                close();
            } catch (RuntimeException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    @Override
    public final String host() {
        return Ports.LOOPBACK;
    }

    @Override
    public final int port() {
        return port;
    }

    @Override
    public final long pid() {
        return running().pid();
    }

    @Override
    public final boolean isRunning() {
        ServerProcess current = process;
        return current != null && current.isAlive();
    }

    final boolean isClosed() {
        return closed;
    }

    @Override
    public final synchronized void kill() {
        ServerProcess current = process;
        if (current != null) {
            current.kill();
            ended();
        }
    }

    @Override
    public final synchronized void pause() {
        running().pause();
        paused = true;
    }

    @Override
    public final synchronized void resume() {
        ServerProcess current = process;
        if (paused && current != null) {
            current.resume();
        }
        paused = false;
    }

    @Override
    public final synchronized void stop() {
        if (isRunning()) {
            end(stopSignal(), STOP_PATIENCE_SECONDS);
        }
        ended();
    }

    @Override
    public final synchronized void start() {
        checkStartable();
        launch();
    }

    @Override
    public final synchronized void startEmpty() {
        checkStartable();
        Workspace.deleteTree(dataDirectory());
        create();
        launch();
    }

    @Override
    public final synchronized void close() {
        if (closed) {
            return;
        }
        if (isRunning()) {
            end(quitSignal(), QUIT_PATIENCE_SECONDS);
        }
        ended();
        closed = true;
        release();
        if (!dataHome.equals(serverDirectory)) {
            Workspace.removeRegistered(dataHome);
        }
        Workspace.removeRegistered(serverDirectory);
    }

    /** Gives back what a killed server left in the system. */
    void release() {}

    /** Makes a shared server serve again, whatever a test has left behind. */
    final synchronized void revive() {
        resume();
        if (!isRunning()) {
            start();
        }
    }

    private void end(String signal, long patienceSeconds) {
        ServerProcess current = running();
        List<ProcessHandle> family = current.family();
        current.signal(signal);
        resume();
        if (current.awaitExit(patienceSeconds, TimeUnit.SECONDS)) {
            ServerProcess.awaitGone(family);
        } else {
            current.kill();
        }
    }

    private void ended() {
        ServerProcess former = process;
        if (former != null) {
            former.forget();
        }
        process = null;
        paused = false;
    }

    private void create() {
        try {
            createData();
        } catch (IOException e) {
            throw Diagnosis.isDiskFull(String.valueOf(e.getMessage()))
                    ? diskFull()
                    : new TestServerException(
                            product + " cannot prepare its data directory " + dataDirectory() + " (" + Diagnosis.of(e)
                                    + ")",
                            e);
        }
    }

    private void launch() {
        ServerProcess candidate;
        try {
            candidate = ServerProcess.launch(command(), log(), serverDirectory, environment(), quitSignal());
        } catch (IOException e) {
            throw Diagnosis.isDiskFull(String.valueOf(e.getMessage()))
                    ? diskFull()
                    : new TestServerException(product + " cannot be started (" + Diagnosis.of(e) + ")", e);
        }
        process = candidate;
        long deadline = System.nanoTime() + START_PATIENCE_NANOS;
        while (!isReady(candidate)) {
            if (!candidate.isAlive()) {
                ended();
                throw failure("ended with exit code " + candidate.exitCode() + " before it was ready");
            }
            if (System.nanoTime() - deadline > 0) {
                candidate.kill();
                ended();
                throw failure("was not ready within 60 s");
            }
            ServerProcess.pauseBriefly();
        }
    }

    private TestServerException failure(String what) {
        String output = output();
        if (Diagnosis.isPortInUse(output)) {
            return portInUse(port);
        }
        if (Diagnosis.isDiskFull(output)) {
            return diskFull();
        }
        return new TestServerException(product + " on port " + port + " " + what + "; " + Diagnosis.lastWords(output));
    }

    private PortInUseException portInUse(int taken) {
        return new PortInUseException(product + " cannot be started: port " + taken + " on " + Ports.LOOPBACK
                + " is in use by another process; end that process or choose another port");
    }

    /** There is no room for the data. */
    final TestServerException diskFull() {
        return new TestServerException(product + " cannot be started: no disk space left in " + dataParent
                + "; free some or choose another directory for its data");
    }

    /** A command that prepares the data directory; ends with the JVM like the server itself. */
    final void prepare(String step, List<String> command) throws IOException {
        ServerProcess run = ServerProcess.launch(command, log(), serverDirectory, environment(), "KILL");
        boolean done = run.awaitExit(2, TimeUnit.MINUTES);
        if (!done) {
            run.kill();
        }
        run.forget();
        if (!done) {
            throw new TestServerException(
                    product + ": " + step + " did not end within 2 minutes; " + Diagnosis.lastWords(output()));
        }
        if (run.exitCode() != 0) {
            String output = output();
            throw Diagnosis.isDiskFull(output)
                    ? diskFull()
                    : new TestServerException(product + " cannot be started: " + step + " ended with exit code "
                            + run.exitCode() + "; " + Diagnosis.lastWords(output));
        }
    }

    private ServerProcess running() {
        ServerProcess current = process;
        if (current == null || !current.isAlive()) {
            throw new TestServerException(product + " on port " + port + " is not running; start it first");
        }
        return current;
    }

    private void checkStartable() {
        if (closed) {
            throw new TestServerException(product + " on port " + port + " has been closed; start a new one");
        }
        if (isRunning()) {
            throw new TestServerException(product + " on port " + port + " is running; stop or kill it first");
        }
    }

    @Override
    public final String toString() {
        return product + " on " + host() + ":" + port;
    }
}
