/** perf-connections and its peers. */
@NullMarked
package io.perfkit.benchmarks.connections;

import org.jspecify.annotations.NullMarked;
