/** Batching and Micrometer: meters, and the context of the first caller of a batch. */
@NullMarked
package io.perfkit.batching.micrometer;

import org.jspecify.annotations.NullMarked;
