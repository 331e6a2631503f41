/** perf-pagination and its peers, on a real PostgreSQL. */
@NullMarked
package io.perfkit.benchmarks.pagination;

import org.jspecify.annotations.NullMarked;
