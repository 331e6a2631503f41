package io.perfkit.examples.dashboard.shop;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Something the user can put right. Its message is the one line that is printed; no stack trace is. */
public final class Trouble extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitStatus;

    private Trouble(@Nullable String message, int exitStatus) {
        super(message);
        this.exitStatus = exitStatus;
    }

    /** The machine does not offer what the demo needs. */
    public static Trouble of(@Nullable String message) {
        return new Trouble(message, 1);
    }

    /** The command line makes no sense. */
    public static Trouble usage(String message) {
        return new Trouble(message + " (--help lists the options)", 2);
    }

    public int exitStatus() {
        return exitStatus;
    }
}
