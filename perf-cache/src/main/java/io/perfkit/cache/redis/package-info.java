/** The tier that nodes share, kept in Redis or Valkey through Lettuce. Needs {@code io.lettuce:lettuce-core}. */
@NullMarked
package io.perfkit.cache.redis;

import org.jspecify.annotations.NullMarked;
