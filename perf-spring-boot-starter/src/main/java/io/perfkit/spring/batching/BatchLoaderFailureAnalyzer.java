package io.perfkit.spring.batching;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

final class BatchLoaderFailureAnalyzer extends AbstractFailureAnalyzer<BatchLoaderException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, BatchLoaderException cause) {
        String message = String.valueOf(cause.getMessage());
        int remedy = message.indexOf(". ");
        return remedy < 0
                ? new FailureAnalysis(message, null, cause)
                : new FailureAnalysis(message.substring(0, remedy + 1), message.substring(remedy + 2) + ".", cause);
    }
}
