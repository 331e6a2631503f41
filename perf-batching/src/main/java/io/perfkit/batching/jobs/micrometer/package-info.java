/** The figures of a job queue as Micrometer meters. */
@NullMarked
package io.perfkit.batching.jobs.micrometer;

import org.jspecify.annotations.NullMarked;
