/**
 * What the cache asks of a tier that nodes share. Public only because {@code io.perfkit.cache.redis} implements it: it is
 * not part of the API, and any version may change it without a note.
 */
@NullMarked
package io.perfkit.cache.spi;

import org.jspecify.annotations.NullMarked;
