/** A {@code CacheManager} for the annotations of Spring's own cache abstraction. */
@NullMarked
package io.perfkit.spring.cache.manager;

import org.jspecify.annotations.NullMarked;
