package io.perfkit.monitoring.load;

import java.time.Duration;
import java.util.Locale;

/**
 * Where a running load test stands.
 *
 * @param elapsed the time since the measured part began, zero during the warm-up
 * @param warmingUp whether the warm-up is not over
 * @param completed the calls measured so far
 * @param errors the errors among them
 * @param inFlight the calls under way
 */
public record LoadProgress(Duration elapsed, boolean warmingUp, long completed, long errors, long inFlight) {

    /** One line for a terminal. */
    @Override
    public String toString() {
        if (warmingUp) {
            return "warming up, " + inFlight + " in flight";
        }
        return String.format(
                Locale.ROOT,
                "%4d s  %,d calls, %,d errors, %d in flight",
                elapsed.toSeconds(),
                completed,
                errors,
                inFlight);
    }
}
