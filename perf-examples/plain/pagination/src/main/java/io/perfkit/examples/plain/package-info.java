/** perf-pagination on its own. */
@NullMarked
package io.perfkit.examples.plain;

import org.jspecify.annotations.NullMarked;
