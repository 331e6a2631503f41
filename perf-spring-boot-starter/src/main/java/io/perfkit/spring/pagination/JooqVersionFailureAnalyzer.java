package io.perfkit.spring.pagination;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Spring Boot 4.1 manages a jOOQ that needs Java 21. */
final class JooqVersionFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedClassVersionError> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable failure, UnsupportedClassVersionError cause) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("org/jooq/")
                ? new FailureAnalysis(
                        "The jOOQ on the class path needs a newer Java than "
                                + Runtime.version().feature() + ", on which this application runs: " + message,
                        "Run on Java 21 or newer, or set the property jooq.version of the build to 3.19.39, the last line for "
                                + "Java 17.",
                        cause)
                : null;
    }
}
