package io.perfkit.examples.springboot;

import java.io.PrintStream;
import java.util.Locale;

/** Lines that say what is being done, each with the seconds since the start. */
final class Progress {

    private final PrintStream out;
    private final long startNanos = System.nanoTime();

    Progress(PrintStream out) {
        this.out = out;
    }

    void say(String format, Object... arguments) {
        String text = String.format(Locale.ROOT, format, arguments);
        out.printf(Locale.ROOT, "[%5.1f s] %s%n", (System.nanoTime() - startNanos) / 1e9, text);
        out.flush();
    }

    /** Text without a time in front: tables and verdicts. */
    void print(String text) {
        out.println(text);
        out.flush();
    }
}
