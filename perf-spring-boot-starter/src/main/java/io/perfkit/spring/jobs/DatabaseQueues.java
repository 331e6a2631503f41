package io.perfkit.spring.jobs;

import io.perfkit.batching.jobs.JobHandler;
import io.perfkit.batching.jobs.JobListener;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.batching.jobs.db.DatabaseJobQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Makes queues in a database. Loaded only where db-scheduler and Jackson are. */
final class DatabaseQueues {

    private DatabaseQueues() {}

    static JobQueue of(
            JobsProperties properties, DataSource dataSource, JobHandlers handlers, List<JobListener> listeners) {
        if (properties.initializeSchema()) {
            createTables(dataSource);
        }
        DatabaseJobQueue.Builder builder =
                Settings.named("name", properties.name(), name -> DatabaseJobQueue.on(dataSource, name));
        Settings.set("workers", properties.workers(), builder::workers);
        Settings.set("maximum-run-time", properties.maximumRunTime(), builder::maximumRunTime);
        Settings.set("retention", properties.retention(), builder::retention);
        Settings.set("key-window", properties.keyWindow(), builder::keyWindow);
        Settings.set("polling-interval", properties.pollingInterval(), builder::pollingInterval);
        listeners.forEach(builder::listener);
        for (HandlerMethod each : handlers.all()) {
            add(builder, each, each.payload(), handlers.of(each));
        }
        DatabaseJobQueue queue = builder.build();
        return ClosesInTime.of(
                queue,
                properties.closeWithin(),
                (method, arguments) ->
                        arguments != null && method.getName().equals("submit") && isInTransaction(dataSource)
                                ? submit(queue, dataSource, arguments)
                                : method.invoke(queue, arguments));
    }

    /** Several processes may start at once. */
    private static void createTables(DataSource dataSource) {
        if (!hasTables(dataSource)) {
            try {
                DatabaseJobQueue.createTables(dataSource);
            } catch (RuntimeException failed) {
                if (!hasTables(dataSource)) {
                    throw failed;
                }
            }
        }
    }

    private static boolean hasTables(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1 from perfkit_job where 1 = 0");
            return true;
        } catch (SQLException absent) {
            return false;
        }
    }

    private static <P> void add(
            DatabaseJobQueue.Builder builder, HandlerMethod method, Class<P> payload, JobHandler<Object> handler) {
        if (method.isNamed()) {
            builder.handler(method.typeName(), method.version(), payload, handler);
        } else {
            builder.handler(payload, handler);
        }
    }

    private static boolean isInTransaction(DataSource dataSource) {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.hasResource(dataSource);
    }

    /** What a transaction of Spring submits is written on its connection, so that there is a job if and only if it commits. */
    private static Object submit(DatabaseJobQueue queue, DataSource dataSource, @Nullable Object[] arguments) {
        JobOptions options = arguments.length == 2 ? (JobOptions) arguments[1] : JobOptions.defaults();
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            return queue.submit(connection, arguments[0], options);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }
}
