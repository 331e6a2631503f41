/**
 * What the root package and other packages of the cache both need. Knows nothing of the cache, and is not part of the
 * API: any version may change it without a note.
 */
@NullMarked
package io.perfkit.cache.internal;

import org.jspecify.annotations.NullMarked;
