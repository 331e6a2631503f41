/** What the two kinds of queues share. Not for applications: it changes without notice. */
@NullMarked
package io.perfkit.batching.jobs.internal;

import org.jspecify.annotations.NullMarked;
