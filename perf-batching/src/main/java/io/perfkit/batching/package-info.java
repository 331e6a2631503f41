/**
 * Turns many small calls into few large ones.
 *
 * <p>Start at {@link io.perfkit.batching.Batcher}; {@link io.perfkit.batching.Batching#enrich} replaces an N+1 loop by
 * one call.
 */
@NullMarked
package io.perfkit.batching;

import org.jspecify.annotations.NullMarked;
