/**
 * Caching with {@code getOrSet} and invalidation by key and by pattern: a local tier in this JVM and, where asked for,
 * a tier shared between nodes. Start at {@link io.perfkit.cache.PerfCache}.
 */
@NullMarked
package io.perfkit.cache;

import org.jspecify.annotations.NullMarked;
