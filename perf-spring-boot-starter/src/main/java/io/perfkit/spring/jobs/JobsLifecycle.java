package io.perfkit.spring.jobs;

import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.batching.jobs.JobsCloseReport;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Closes the queue when the last request is done, and before the cache and the beans that handlers use. */
final class JobsLifecycle implements SmartLifecycle {

    /** After the web server, which stops just below the highest phase; before the cache. */
    private static final int PHASE = 2_048;

    private static final Logger LOG = LoggerFactory.getLogger(JobsLifecycle.class);

    private final JobQueue queue;
    private final Duration closeWithin;
    private volatile boolean running;

    JobsLifecycle(JobQueue queue, Duration closeWithin) {
        this.queue = queue;
        this.closeWithin = closeWithin;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        JobsCloseReport report = queue.close(closeWithin);
        LOG.info("Job queue closed: {}", report);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** A context that a test framework pauses goes on with the same queue. */
    @Override
    public boolean isPauseable() {
        return false;
    }
}
