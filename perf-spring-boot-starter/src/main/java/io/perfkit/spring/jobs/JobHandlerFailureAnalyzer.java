package io.perfkit.spring.jobs;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What to do is the last sentence. */
final class JobHandlerFailureAnalyzer extends AbstractFailureAnalyzer<JobHandlerException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, JobHandlerException cause) {
        return new FailureAnalysis(cause.getMessage() + ".", "Do what the last sentence of it says.", cause);
    }
}
