package io.perfkit.examples.dashboard.shop;

import java.io.PrintStream;
import java.util.Locale;

/** Lines that say what is being done, each with the seconds since the start. */
public final class Progress {

    private final PrintStream out;
    private final long startNanos = System.nanoTime();

    public Progress(PrintStream out) {
        this.out = out;
    }

    public void say(String format, Object... arguments) {
        String text = String.format(Locale.ROOT, format, arguments);
        out.printf(Locale.ROOT, "[%5.1f s] %s%n", seconds(), text);
        out.flush();
    }

    /** Text without a time in front: tables and verdicts. */
    public void print(String text) {
        out.println(text);
        out.flush();
    }

    public double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
