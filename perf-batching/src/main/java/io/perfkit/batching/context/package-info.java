/** Carries the context of callers to batches, through Micrometer's context propagation. */
@NullMarked
package io.perfkit.batching.context;

import org.jspecify.annotations.NullMarked;
