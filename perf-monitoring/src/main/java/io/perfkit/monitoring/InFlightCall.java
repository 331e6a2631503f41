package io.perfkit.monitoring;

import java.time.Duration;

/**
 * A call that another service has not answered yet.
 *
 * @param name the name under which it is timed
 * @param scope the name of the request or job that waits for it; empty where there is none, or none yet
 * @param thread the name of the thread on which it began
 * @param elapsed how long it has been under way
 */
public record InFlightCall(String name, String scope, String thread, Duration elapsed) {}
