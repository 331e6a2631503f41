/** perf-batching and its peers. */
@NullMarked
package io.perfkit.benchmarks.batching;

import org.jspecify.annotations.NullMarked;
