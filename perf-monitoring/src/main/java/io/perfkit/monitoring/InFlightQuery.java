package io.perfkit.monitoring;

import java.time.Duration;

/**
 * Something that a database has not answered yet.
 *
 * @param fingerprint the query with its values folded away, or {@code acquire}, {@code commit} or {@code rollback}
 * @param dataSource the name of the data source
 * @param scope the name of the request or job, as far as it is known
 * @param thread the name of the thread that waits
 * @param elapsed for how long
 */
public record InFlightQuery(String fingerprint, String dataSource, String scope, String thread, Duration elapsed) {}
