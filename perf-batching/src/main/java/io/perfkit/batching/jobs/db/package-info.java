/**
 * Jobs that outlive a process, in the application's own database, run by db-scheduler.
 *
 * <p>Start at {@link io.perfkit.batching.jobs.db.DatabaseJobQueue}. Needs {@code com.github.kagkarlsson:db-scheduler} and
 * {@code tools.jackson.core:jackson-databind} on the class path.
 */
@NullMarked
package io.perfkit.batching.jobs.db;

import org.jspecify.annotations.NullMarked;
