/** The figures of batchers as meters. */
@NullMarked
package io.perfkit.batching.micrometer;

import org.jspecify.annotations.NullMarked;
