/**
 * The core that the pools of this artifact share. Not for use by others; it changes without notice.
 */
@NullMarked
package io.perfkit.connections.internal;

import org.jspecify.annotations.NullMarked;
