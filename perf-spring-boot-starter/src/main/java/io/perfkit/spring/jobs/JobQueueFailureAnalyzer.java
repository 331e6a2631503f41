package io.perfkit.spring.jobs;

import io.perfkit.batching.jobs.JobException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A queue that cannot begin, as its tables are not there. */
final class JobQueueFailureAnalyzer extends AbstractFailureAnalyzer<JobException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, JobException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Put the statements into a migration of Flyway or Liquibase; or, for a test, set "
                        + "perfkit.jobs.initialize-schema=true.",
                cause);
    }
}
