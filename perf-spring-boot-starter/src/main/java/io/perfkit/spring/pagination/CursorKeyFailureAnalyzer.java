package io.perfkit.spring.pagination;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows the properties that are missing, with a secret that nobody else has. */
final class CursorKeyFailureAnalyzer extends AbstractFailureAnalyzer<MissingCursorKeyException> {

    @Override
    protected FailureAnalysis analyze(Throwable failure, MissingCursorKeyException cause) {
        return new FailureAnalysis(
                "Something asks for a CursorCodec, but there is no secret to sign cursors with.",
                """
                Add these properties, the same on all nodes, where secrets are kept; this one was made just now:

                perfkit.pagination.keys[0].id=k1
                perfkit.pagination.keys[0].secret=%s

                For development alone: perfkit.pagination.generate-key=true""".formatted(cause.example()),
                cause);
    }
}
