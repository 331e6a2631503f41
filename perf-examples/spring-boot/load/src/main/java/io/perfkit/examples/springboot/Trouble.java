package io.perfkit.examples.springboot;

import java.io.Serial;

/** Something the user can put right. Its message is the one line that is printed; no stack trace is. */
final class Trouble extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    Trouble(String message) {
        super(message);
    }
}
