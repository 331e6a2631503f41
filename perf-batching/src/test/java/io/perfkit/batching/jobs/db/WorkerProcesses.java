package io.perfkit.batching.jobs.db;

import io.perfkit.batching.jobs.JobContext;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Processes that work on the jobs of one database, made to be killed and stopped. */
final class WorkerProcesses implements AutoCloseable {
    private static final Duration HEARTBEAT = Duration.ofMillis(250);

    /** What a worker does: 0 some work, 1 kills its process, 2 waits until it may go on. */
    record Task(int kind, int number) {}

    private final String url;
    private final List<Process> processes = new ArrayList<>();

    WorkerProcesses(String url) {
        this.url = url;
    }

    /** Creates the tables, and answers a queue that submits and does no work. */
    DatabaseJobQueue submitting() throws SQLException {
        DatabaseJobQueue.createTables(new UrlDataSource(url));
        execute("create table effect (job_id varchar(64) primary key)");
        execute("create table run (job_id varchar(64) not null, attempt integer not null)");
        execute("create table go (number integer not null)");
        return queue(url).type("Task", 1, Task.class).workers(0).build();
    }

    static DatabaseJobQueue.Builder queue(String url) {
        return DatabaseJobQueue.on(new UrlDataSource(url), "tasks")
                .pollingInterval(Duration.ofMillis(100))
                .heartbeat(HEARTBEAT);
    }

    void start(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            processes.add(start());
        }
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath(),
                        Working.class.getName(),
                        url)
                .redirectErrorStream(true)
                .redirectOutput(new File("/dev/null"))
                .start();
    }

    /** Ours, but for the log, which nobody reads and which takes longer than the work. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(part -> !part.contains("logback"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Puts a new one in the place of each that is dead. */
    void replaceTheDead() throws IOException {
        for (int i = 0; i < processes.size(); i++) {
            if (!processes.get(i).isAlive()) {
                processes.set(i, start());
            }
        }
    }

    /** Kills one that has a job at this moment; false if none has. */
    boolean killOneAtWork(Random random) throws SQLException {
        List<Process> atWork = new ArrayList<>();
        for (String worker : texts("select distinct worker from perfkit_job where state = 'RUNNING'")) {
            long pid = Long.parseLong(worker.substring(0, worker.indexOf('-')));
            processes.stream()
                    .filter(process -> process.isAlive() && process.pid() == pid)
                    .forEach(atWork::add);
        }
        if (atWork.isEmpty()) {
            return false;
        }
        atWork.get(random.nextInt(atWork.size())).destroyForcibly();
        return true;
    }

    /** Sends the first process a signal. */
    void signal(String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder(
                        "kill", signal, Long.toString(processes.get(0).pid()))
                .start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill " + signal + " answered " + kill.exitValue());
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }

    void execute(String sql) throws SQLException {
        execute(url, sql);
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    long count(String from) throws SQLException {
        return count(url, from);
    }

    private static long count(String url, String from) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + from)) {
            row.next();
            return row.getLong(1);
        }
    }

    Set<String> texts(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            Set<String> texts = new TreeSet<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    /** One of the processes. */
    static final class Working {
        private Working() {}

        public static void main(String[] args) throws Exception {
            String url = args[0];
            DatabaseJobQueue jobs = queue(url)
                    .handler("Task", 1, Task.class, (task, job) -> work(url, task, job))
                    .workers(3)
                    .build();
            synchronized (jobs) {
                while (true) {
                    jobs.wait();
                }
            }
        }

        private static void work(String url, Task task, JobContext job) throws Exception {
            switch (task.kind()) {
                case 1 -> Runtime.getRuntime().halt(1);
                case 2 -> {
                    ran(url, job);
                    while (count(url, "go") < job.attempt()) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                        // An interrupt is ignored: what this attempt does must not count all the same.
                        boolean ignored = Thread.interrupted();
                    }
                    job.progress(0.9);
                    ran(url, job);
                    job.result(job.attempt());
                }
                default -> {
                    ran(url, job);
                    // Some take long, so that a kill meets them.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(task.number() % 4 == 0 ? 250 : 10));
                    try {
                        execute(url, "insert into effect values ('" + job.id() + "')");
                    } catch (SQLException e) {
                        if (!Dialect.isDuplicate(e)) {
                            throw e;
                        }
                    }
                    job.result(task.number());
                }
            }
        }

        private static void ran(String url, JobContext job) throws SQLException {
            execute(url, "insert into run values ('" + job.id() + "', " + job.attempt() + ")");
        }
    }
}
