/**
 * The cache in front of an object, said by annotations on its interface or its class. Start at
 * {@link io.perfkit.cache.proxy.CachingProxy}.
 */
@NullMarked
package io.perfkit.cache.proxy;

import org.jspecify.annotations.NullMarked;
