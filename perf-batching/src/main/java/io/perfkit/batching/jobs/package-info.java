/**
 * Work that does not block the request that asked for it: an id at once, progress, a result.
 *
 * <p>Start at {@link io.perfkit.batching.jobs.JobQueue}. {@code JobQueue.inMemory} needs nothing and ends with the
 * process; {@code jobs.db.DatabaseJobQueue} keeps jobs in the application's database.
 */
@NullMarked
package io.perfkit.batching.jobs;

import org.jspecify.annotations.NullMarked;
