package io.perfkit.spring.jobs;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The jobs of the application. There is a queue once it is said where its jobs are kept.
 *
 * @param enabled whether there is a queue where a store is set
 * @param store where jobs are kept
 * @param name of the queue; processes that have the same one share its jobs
 * @param initializeSchema whether missing tables are made at start, in place of Flyway or Liquibase
 * @param workers how many jobs run at once in this process; in a database, 0 runs none
 * @param maximumRunTime how long an attempt may run
 * @param retention how long a job that has ended is remembered
 * @param keyWindow how long after a job's end its key still stands for it
 * @param pollingInterval how often a process looks for jobs of others in the database
 * @param closeWithin how long running jobs may go on when the application stops, before they are handed back
 */
@ConfigurationProperties(prefix = "perfkit.jobs", ignoreUnknownFields = false)
public record JobsProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable Store store,
        @DefaultValue("jobs") String name,
        @DefaultValue("false") boolean initializeSchema,
        @Nullable Integer workers,
        @Nullable Duration maximumRunTime,
        @Nullable Duration retention,
        @Nullable Duration keyWindow,
        @Nullable Duration pollingInterval,
        @DefaultValue("1s") Duration closeWithin) {

    /** Where jobs are kept. */
    public enum Store {
        /** In this process: they end with it. */
        MEMORY,
        /** In the application's database: they outlive the process. */
        DATABASE
    }
}
