/** The command that compares perfkit with its peers, and what it needs to compute and print a line. */
@NullMarked
package io.perfkit.benchmarks;

import org.jspecify.annotations.NullMarked;
