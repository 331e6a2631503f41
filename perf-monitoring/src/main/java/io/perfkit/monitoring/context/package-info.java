/** Carries request scopes to other threads, for libraries that use Micrometer's context propagation. */
@NullMarked
package io.perfkit.monitoring.context;

import org.jspecify.annotations.NullMarked;
