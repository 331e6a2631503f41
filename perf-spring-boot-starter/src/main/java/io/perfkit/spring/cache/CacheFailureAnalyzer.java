package io.perfkit.spring.cache;

import io.perfkit.cache.CacheException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows all mistakes that were found at once; of each, what to do is its last sentence. */
final class CacheFailureAnalyzer extends AbstractFailureAnalyzer<CacheException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, CacheException cause) {
        StringBuilder description = new StringBuilder(String.valueOf(cause.getMessage())).append('.');
        for (Throwable each : cause.getSuppressed()) {
            description.append("%n%n".formatted()).append(each.getMessage()).append('.');
        }
        return new FailureAnalysis(
                description.toString(),
                "Do what the last sentence of " + (cause.getSuppressed().length == 0 ? "it" : "each") + " says.",
                cause);
    }
}
