package io.perfkit.spring.monitoring;

import io.perfkit.monitoring.MonitoringException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A mistake in an annotation: what to do is the last sentence. */
final class MonitoringFailureAnalyzer extends AbstractFailureAnalyzer<MonitoringException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, MonitoringException cause) {
        return new FailureAnalysis(cause.getMessage() + ".", "Do what the last sentence of it says.", cause);
    }
}
