package io.perfkit.batching.jobs.db;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.Task;
import io.perfkit.batching.jobs.JobHandler;
import io.perfkit.batching.jobs.JobsCloseReport;
import io.perfkit.batching.jobs.Telling;
import io.perfkit.batching.jobs.internal.JobThreads;
import io.perfkit.batching.jobs.internal.JobTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Puts the parts of a queue together, and starts and stops them. */
final class Engine {
    private static final Duration NEVER = Duration.ofDays(36_500);
    private static final int MISSED_HEARTBEATS = 4;
    private static final long WATCH_MILLIS = 500;
    private static final long SWEEP_MILLIS = 60_000;
    /** For storing the ends of what was interrupted. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    /** The payload is in our own table. */
    private static final Serializer NOTHING = new Serializer() {
        @Override
        public byte @Nullable [] serialize(Object data) {
            return null;
        }

        @Override
        public <T> @Nullable T deserialize(Class<T> type, byte[] data) {
            return null;
        }
    };

    final Room room;
    final Worker worker;
    final Submissions submissions;
    private final boolean works;
    private final Scheduler scheduler;
    private final Watch watch;
    private final Sweep sweep;
    private final ExecutorService handlers;
    private final ScheduledExecutorService timer;
    private final Duration maximumTick;
    private volatile boolean closed;

    Engine(DatabaseJobQueue.Builder settings, JobTypes<JobHandler<Object>> types) {
        Connections connections = new Connections(settings.dataSource);
        Dialect dialect = connections.read(connection -> {
            Dialect found = Dialect.of(connection);
            Tables.check(connection, found);
            return found;
        });
        Json json = new Json(settings.json, settings.maximumPayload);
        DatabaseClock clock = new DatabaseClock(connections, dialect);
        JobRows rows = new JobRows(settings.name, dialect, json, clock::millis);
        Ends ends = new Ends(connections, rows, new Telling(settings.listeners));
        String threads = "perfkit-jobs-" + settings.name;
        String name = ProcessHandle.current().pid() + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        room = new Room(settings.name, name, connections, rows, json, clock, ends);
        handlers = JobThreads.cached(threads);
        // One may be held up by the sweep, one by the watch, and limits have to be kept all the same.
        timer = JobThreads.timer(threads + "-timer", 3);
        Revival revival = new Revival(room);
        worker = new Worker(
                room, revival, new Worker.Limits(settings.maximumRunTime, settings.cancelGrace), handlers, timer);
        List<Task<?>> tasks = new ArrayList<>();
        List<String[]> known = new ArrayList<>();
        for (JobTypes.Entry<JobHandler<Object>> type : types.all()) {
            if (type.handler() != null) {
                tasks.add(new JobTask(
                        JobRows.taskName(settings.name, type.name(), type.version()), type, worker, revival));
                known.add(new String[] {type.name(), Integer.toString(type.version())});
            }
        }
        works = settings.workers > 0 && !tasks.isEmpty();
        scheduler = scheduler(settings, dialect, tasks, threads);
        submissions = new Submissions(room, scheduler, settings.keyWindow);
        watch = new Watch(room, worker);
        sweep = new Sweep(
                room,
                submissions,
                new Sweep.Periods(settings.retention, settings.failedRetention, settings.unknownTypeAfter),
                known);
        maximumTick = Duration.ofMillis(Math.min(WATCH_MILLIS, Math.max(1, settings.heartbeat.toMillis())));
    }

    private Scheduler scheduler(
            DatabaseJobQueue.Builder settings, Dialect dialect, List<Task<?>> tasks, String threads) {
        int workers = Math.max(1, settings.workers);
        SchedulerBuilder builder = Scheduler.create(room.connections(), tasks)
                .tableName(Tables.EXECUTIONS)
                .serializer(NOTHING)
                .schedulerName(new SchedulerName.Fixed(room.worker()))
                .jdbcCustomization(dialect.customization())
                .clock(room.clock())
                .threads(workers)
                .executorService(Executors.newFixedThreadPool(workers, JobThreads.factory(threads + "-worker")))
                .dueExecutor(Executors.newSingleThreadExecutor(JobThreads.factory(threads + "-poll")))
                .housekeeperExecutor(Executors.newScheduledThreadPool(3, JobThreads.factory(threads + "-housekeeper")))
                .pollingInterval(settings.pollingInterval)
                .heartbeatInterval(settings.heartbeat)
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                // A type that is unknown here may be known elsewhere; we fail such jobs ourselves, one by one.
                .deleteUnresolvedAfter(NEVER)
                .shutdownMaxWait(LAST_WORDS)
                .failureLogging(LogLevel.WARN, true)
                .enablePriority();
        // Never more than the workers: what waits in this process, picked, has no heartbeats.
        return (dialect.picksInOneStatement
                        ? builder.pollUsingLockAndFetch(0.5, 1.0)
                        : builder.pollUsingFetch(0.5, 3.0))
                .build();
    }

    void start() {
        ScheduledFuture<?> ignored =
                timer.scheduleWithFixedDelay(watch::tick, 0, maximumTick.toMillis(), TimeUnit.MILLISECONDS);
        if (works) {
            scheduler.start();
            ignored = timer.scheduleWithFixedDelay(sweep::run, 0, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    void poll() {
        if (works) {
            scheduler.triggerCheckForDueExecutions();
        }
    }

    boolean isClosed() {
        return closed;
    }

    synchronized JobsCloseReport close(long nanos) {
        if (closed) {
            return new JobsCloseReport(0, 0, 0);
        }
        closed = true;
        scheduler.pause();
        worker.stop();
        int running = worker.attempts().size();
        boolean interrupted = waitForEnds(nanos);
        int handedBack = worker.handBack(LAST_WORDS);
        // Whoever is interrupted waits no longer for handlers; that what was given up is stored takes only a moment.
        interrupted |= waitForEnds(LAST_WORDS.toNanos());
        interrupted |= Thread.interrupted();
        if (works) {
            scheduler.stop();
        }
        timer.shutdownNow();
        handlers.shutdown();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return new JobsCloseReport(Math.max(0, running - handedBack), handedBack, 0);
    }

    /** Ends early, and answers true, where the thread is interrupted; it is not interrupted any more then. */
    private boolean waitForEnds(long nanos) {
        long begin = System.nanoTime();
        try {
            while (!worker.attempts().isEmpty() && System.nanoTime() - begin < nanos) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }
}
