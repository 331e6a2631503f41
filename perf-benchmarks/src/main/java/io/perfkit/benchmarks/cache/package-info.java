/** perf-cache and its peers. */
@NullMarked
package io.perfkit.benchmarks.cache;

import org.jspecify.annotations.NullMarked;
