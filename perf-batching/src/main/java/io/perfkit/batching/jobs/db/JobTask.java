package io.perfkit.batching.jobs.db;

import com.github.kagkarlsson.scheduler.task.AbstractTask;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import io.perfkit.batching.jobs.JobHandler;
import io.perfkit.batching.jobs.internal.JobTypes;
import java.time.Duration;

/** What db-scheduler knows of a type of jobs: its name. The payload is in our row, which outlives the execution. */
final class JobTask extends AbstractTask<Void> {
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    private final Worker worker;
    private final JobTypes.Entry<JobHandler<Object>> type;

    JobTask(String name, JobTypes.Entry<JobHandler<Object>> type, Worker worker, Revival revival) {
        super(
                name,
                Void.class,
                // Only where the database failed before the handler was called.
                (complete, operations) ->
                        operations.reschedule(complete, worker.now().plus(AFTER_FAILURE)),
                revival::revive,
                0);
        this.worker = worker;
        this.type = type;
    }

    @Override
    public CompletionHandler<Void> execute(TaskInstance<Void> instance, ExecutionContext context) {
        return worker.execute(type, instance.getId());
    }

    @Override
    public SchedulableInstance<Void> schedulableInstance(String id) {
        return SchedulableInstance.of(instance(id), worker.now());
    }

    @Override
    public SchedulableInstance<Void> schedulableInstance(String id, Void data) {
        return schedulableInstance(id);
    }
}
