/** The figures of a cache as meters. Needs {@code io.micrometer:micrometer-core}. */
@NullMarked
package io.perfkit.cache.micrometer;

import org.jspecify.annotations.NullMarked;
