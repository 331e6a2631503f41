/** perf-monitoring and its peers. */
@NullMarked
package io.perfkit.benchmarks.monitoring;

import org.jspecify.annotations.NullMarked;
