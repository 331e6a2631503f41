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
 * @param oldest how long the oldest of those has been under way, zero if there are none
 */
public record LoadProgress(
        Duration elapsed, boolean warmingUp, long completed, long errors, long inFlight, Duration oldest) {

    /** One line for a terminal. */
    @Override
    public String toString() {
        if (warmingUp) {
            return "warming up, " + underWay();
        }
        return String.format(
                Locale.ROOT, "%4d s  %,d calls, %,d errors, %s", elapsed.toSeconds(), completed, errors, underWay());
    }

    private String underWay() {
        return inFlight == 0
                ? "0 in flight"
                : String.format(
                        Locale.ROOT, "%d in flight, the oldest for %.1f s", inFlight, oldest.toMillis() / 1000.0);
    }
}
