package io.perfkit.spring.jobs;

import java.io.Serial;

/** A method with {@link HandlesJob} that is wrong. */
final class JobHandlerException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    JobHandlerException(String message) {
        super(message);
    }
}
